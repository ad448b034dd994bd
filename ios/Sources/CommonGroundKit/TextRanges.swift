// The core counts as UTF-16 does, as `NSRange` and UIKit do. A Swift string is cut at its own indices.
extension TextRange {
    /// Where a piece of `text` stands in it.
    public init(_ range: Range<String.Index>, in text: String) {
        let start = range.lowerBound.utf16Offset(in: text)
        let end = range.upperBound.utf16Offset(in: text)
        self.init(start: UInt32(start), end: UInt32(end))
    }

    /// The same place as an index range of `text`; nothing where `text` is shorter than that.
    public func range(in text: String) -> Range<String.Index>? {
        let units = text.utf16
        guard start <= end, Int(end) <= units.count else { return nil }
        let lower = units.index(units.startIndex, offsetBy: Int(start))
        return lower..<units.index(lower, offsetBy: Int(end - start))
    }
}
