import CommonGroundKit
import Foundation

extension TemporaryFolder {
    /// A Day One export of so many days, and where it lies.
    public func dayOneExport(days: Int, named name: String = "export.json") throws -> String {
        let entries = (1...days).map { day in
            let uuid = String(repeating: "0", count: 32 - String(day).count) + String(day)
            let date = LocalDate(Date(timeIntervalSince1970: 1_700_000_000 + 86_400 * Double(day)), in: .gmt)!
            return
                #"{"uuid":"\#(uuid)","creationDate":"\#(date)T08:00:00Z","timeZone":"Europe\/Berlin","text":"Day \#(day)"}"#
        }
        return try write(#"{"metadata":{"version":"1.0"},"entries":[\#(entries.joined(separator: ","))]}"#, to: name)
    }
}
