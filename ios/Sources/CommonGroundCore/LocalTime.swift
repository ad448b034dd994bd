import Foundation

/// A time of day to the minute, without a day and without a zone: when to be reminded, when an appointment is.
public struct LocalTime: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int

    /// That time of day; nothing where a day has no such time.
    public init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// A time as `08:30`, or `08:30:00`, whose seconds are left out; nothing where the text is no time of day.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let numbers = parts.compactMap(LocalDate.number)
        guard numbers.count == parts.count, numbers.dropFirst(2).allSatisfy((0...59).contains) else { return nil }
        self.init(hour: numbers[0], minute: numbers[1])
    }

    /// What a clock in a time zone shows at an instant, without its seconds.
    public init?(_ date: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        self.init(calendar.dateComponents([.hour, .minute], from: date))
    }

    /// The time of components, as a time picker answers them; nothing where hour or minute is missing.
    public init?(_ components: DateComponents) {
        guard let hour = components.hour, let minute = components.minute else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// The time as the core sends it. What is on no clock cannot come from there.
    init(crossed text: String) {
        guard let time = LocalTime(text) else {
            preconditionFailure("the core sent what is no time of day")
        }
        self = time
    }

    /// For a calendar or a time picker.
    public var components: DateComponents { DateComponents(hour: hour, minute: minute) }

    /// `08:30`.
    public var description: String {
        LocalDate.padded(hour, to: 2) + ":" + LocalDate.padded(minute, to: 2)
    }

    public static func < (one: LocalTime, other: LocalTime) -> Bool {
        (one.hour, one.minute) < (other.hour, other.minute)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = LocalTime(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time of the form 08:30")
        }
        self = time
    }

    /// Written as text, `08:30`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
