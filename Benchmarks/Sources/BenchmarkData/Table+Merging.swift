extension Table {
    /// Adds a row, or puts it in the place of the one that is equal in the columns of `key`.
    ///
    /// - Precondition: All of these columns are there.
    package mutating func merge(_ values: [String], key: [String]) {
        precondition(key.allSatisfy(columns.contains))
        let record = Record(columns: columns, values: values)
        remove { row in key.allSatisfy { row[$0] == record[$0] } }
        append(values)
    }

    /// Leaves out the rows for which `isUnwanted`.
    package mutating func remove(where isUnwanted: (Record) -> Bool) {
        let kept = records.filter { !isUnwanted($0) }.map(\.values)
        self = Table(columns: columns)
        for values in kept { append(values) }
    }

    /// The rows, sorted by the first column, then by the places of what is in the others in given
    /// lists; what is in no list comes last, in the order in which it came.
    package func sorted(by first: String, then order: [(column: String, values: [String])]) -> Table
    {
        func places(_ row: Record) -> [Int] {
            order.map { column, values in values.firstIndex(of: row[column]) ?? values.count }
        }
        let rows = records.enumerated().sorted { one, other in
            if one.element[first] != other.element[first] {
                return one.element[first] < other.element[first]
            }
            let (here, there) = (places(one.element), places(other.element))
            return here == there
                ? one.offset < other.offset : here.lexicographicallyPrecedes(there)
        }
        var table = Table(columns: columns)
        for row in rows { table.append(row.element.values) }
        return table
    }
}
