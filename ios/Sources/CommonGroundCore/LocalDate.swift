import Foundation

/// A day, without a time and without a zone: a due day, a day of a task's log. It never passes through an instant, so no
/// zone can move it.
public struct LocalDate: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// By the Gregorian calendar; the year before 1 is 0.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// The years that the core's calendar knows.
    static let years = -262_142...262_141

    /// The day of that year, month and day of month; nothing where the calendar (Gregorian, also before 1582) has no such
    /// day.
    public init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), (1...12).contains(month) else { return nil }
        guard (1...Self.length(ofMonth: month, year: year)).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// A day as `2026-05-03`; nothing where the text is no day. Years of more than four digits, and those before the year
    /// 0, begin with a sign.
    public init?(_ text: String) {
        let sign = text.first.flatMap { ["+": 1, "-": -1][$0] }
        let parts = text.dropFirst(sign == nil ? 0 : 1).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        guard sign == nil ? parts[0].utf8.count == 4 : (4...6).contains(parts[0].utf8.count) else { return nil }
        let numbers = parts.compactMap(Self.number)
        guard numbers.count == 3 else { return nil }
        self.init(year: (sign ?? 1) * numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The day that an instant falls on in a time zone: what the calendar on the wall shows there.
    public init?(_ date: Date, in zone: TimeZone) {
        self.init(Self.calendar(zone).dateComponents([.year, .month, .day], from: date))
    }

    /// The day of components, as a date picker answers them; nothing where one of the three is missing or there is no
    /// such day.
    public init?(_ components: DateComponents) {
        guard let year = components.year, let month = components.month, let day = components.day else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day as the core sends it, which reads it from the same calendar.
    init(crossed text: String) {
        guard let date = LocalDate(text) else {
            preconditionFailure("the core sent what is no day")
        }
        self = date
    }

    /// For a calendar or a date picker.
    public var components: DateComponents { DateComponents(year: year, month: month, day: day) }

    /// The first instant of this day in a time zone (not midnight where the clocks change then), for what only takes a
    /// `Date`.
    public func start(in zone: TimeZone) -> Date? {
        let calendar = Self.calendar(zone)
        // Noon is there in every zone on every day.
        let noon = DateComponents(year: year, month: month, day: day, hour: 12)
        return calendar.date(from: noon).map(calendar.startOfDay(for:))
    }

    /// `2026-05-03`.
    public var description: String {
        let sign = year < 0 ? "-" : year > 9999 ? "+" : ""
        let parts = [Self.padded(abs(year), to: 4), Self.padded(month, to: 2), Self.padded(day, to: 2)]
        return sign + parts.joined(separator: "-")
    }

    public static func < (one: LocalDate, other: LocalDate) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = LocalDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no day of the form 2026-05-03")
        }
        self = date
    }

    /// Written as text, `2026-05-03`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func calendar(_ zone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        return calendar
    }

    /// Digits only: `Int` itself would take a sign.
    static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
