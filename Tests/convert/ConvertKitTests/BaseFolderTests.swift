import FormatFiles
import Testing

@testable import ConvertKit

@Suite struct BaseFolderTests {
    @Test(arguments: [
        ("scans", "scans/a.tif", ""), ("scans", "scans/x/y/a.tif", "x/y"),
        ("scans/", "./scans//x/./a.tif", "x"), (".", "x/a.tif", "x"), ("./", "a.tif", ""),
        ("/data", "/data/x/a.tif", "x"), ("/", "/data/a.tif", "data"),
        ("../scans", "../scans/x/a.tif", "x"), ("/here/scans", "scans/x/a.tif", "x"),
        ("scans", "/here/scans/x/a.tif", "x"),
    ])
    func `finds the folders between the base and a file`(base: Path, file: Path, tree: Path) {
        #expect(BaseFolder(base, current: "/here").tree(of: file) == tree)
    }

    @Test(arguments: [
        ("scans", "a.tif"), ("scans", "scans"), ("scans", "scansx/a.tif"),
        ("scans", "scans/../a.tif"), ("scans", "scans/x/../../a.tif"), ("scans", "/a.tif"),
        ("/data", "data/a.tif"), (".", "../a.tif"), ("scans", "scans/x/.."),
    ])
    func `takes nothing that is not below the base for certain`(base: Path, file: Path) {
        #expect(BaseFolder(base, current: "/here").tree(of: file) == nil)
    }
}
