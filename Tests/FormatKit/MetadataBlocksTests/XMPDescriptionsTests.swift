import MetadataBlocks
import Testing

@Suite struct XMPDescriptionsTests {
    private func packet(_ content: String) -> [UInt8] {
        Array(
            """
            <?xpacket begin="" id="x"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\(content)</rdf:RDF>\
            </x:xmpmeta>
            """.utf8)
    }

    @Test func `properties are found however they are written and divided`() throws {
        let one = packet(
            """
            <rdf:Description rdf:about="" xmlns:a="u:a" a:x="1 > 0" a:y='"2"'>
            <a:z><rdf:Bag><rdf:li>three</rdf:li></rdf:Bag></a:z><!-- <a:no/> --><a:e/>
            </rdf:Description>
            """)
        let divided = packet(
            """
            <rdf:Description rdf:about="" xmlns:a="u:a" a:y='"2"'/>
            <rdf:Description rdf:about="" xmlns:a="u:a" a:x="1 > 0"><a:e/></rdf:Description>
            <rdf:Description xmlns:a="u:a"><a:z><rdf:Bag><rdf:li>three</rdf:li></rdf:Bag></a:z>
            </rdf:Description>
            """)
        let found = try #require(XMPDescriptions(one))
        #expect(found.descriptions.count == 1 && found.descriptions[0].elements.count == 2)
        #expect(found.properties == XMPDescriptions(divided)?.properties)
        #expect(found.properties.count == 4)
        let other = packet("<rdf:Description rdf:about='' a:x='1 > 0'/>")
        #expect(XMPDescriptions(other)?.properties != found.properties)
    }

    @Test(arguments: [
        "<rdf:Description a:x='1'", "<rdf:Description>", "<other/>",
        "<rdf:Description><a></rdf:Description>", "</a>",
        "<rdf:Description><!-- </rdf:Description>",
    ])
    func `what is no usual packet is none`(content: String) {
        #expect(XMPDescriptions(packet(content)) == nil)
        #expect(XMPDescriptions(Array(content.utf8)) == nil)
    }
}
