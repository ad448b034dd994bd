import CommonGroundKit
import Foundation
import Testing

/// Days and times of day, which never pass through an instant.
@Suite("Days and times of day")
struct DayTests {
    @Test("days that are in no calendar are refused")
    func wrongDays() {
        for (year, month, day) in [(2026, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (1900, 2, 29)] {
            #expect(LocalDate(year: year, month: month, day: day) == nil)
        }
        for text in ["", "2026-5-3", "2026-05-32", "3 May", "2026-05-03T00:00:00", "２０２６-05-03", "+2026-05", "--01-01"] {
            #expect(LocalDate(text) == nil, "\(text)")
        }
        #expect(LocalDate(DateComponents(year: 2026, month: 5)) == nil)
    }

    @Test(
        "days come back from text as they went, in every year",
        arguments: [
            "2026-05-03", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "+12026-05-03", "-0044-03-15",
        ])
    func roundTrip(_ text: String) throws {
        let date = try #require(LocalDate(text))
        #expect(date.description == text)
        #expect(try JSONDecoder().decode([LocalDate].self, from: JSONEncoder().encode([date])) == [date])
    }

    @Test("the day of an instant is the one on the wall, where the clock hangs")
    func dayOfAnInstant() throws {
        let instant = Date(timeIntervalSince1970: 1_774_742_400)  // 29 March 2026, 00:00 UTC
        let zones = ["Pacific/Kiritimati", "Europe/Berlin", "Etc/UTC", "America/Los_Angeles"]
        let days = try zones.map { LocalDate(instant, in: try #require(TimeZone(identifier: $0)))?.description }
        #expect(days == ["2026-03-29", "2026-03-29", "2026-03-29", "2026-03-28"])
        let times = try zones.map { LocalTime(instant, in: try #require(TimeZone(identifier: $0)))?.description }
        #expect(times == ["14:00", "01:00", "00:00", "17:00"])
    }

    @Test("a day begins in its zone, also where midnight is left out that day")
    func beginning() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let day = try #require(LocalDate(year: 2026, month: 3, day: 29))
        #expect(day.start(in: berlin) == Date(timeIntervalSince1970: 1_774_738_800))
        let cairo = try #require(TimeZone(identifier: "Africa/Cairo"))
        let leftOut = try #require(LocalDate(year: 2026, month: 4, day: 24))
        let start = try #require(leftOut.start(in: cairo))
        #expect(LocalDate(start, in: cairo) == leftOut)
    }

    @Test("days and times are in order, and of components as a picker answers them")
    func orderAndComponents() throws {
        let days = ["2025-12-31", "2026-01-01", "2026-02-01"].compactMap { LocalDate($0) }
        #expect(days.shuffled().sorted() == days)
        #expect(days.compactMap { LocalDate($0.components) } == days)
        let times = ["00:00", "08:30", "23:59"].compactMap { LocalTime($0) }
        #expect(times.shuffled().sorted() == times)
        #expect(times.compactMap { LocalTime($0.components) } == times)
        #expect(try JSONDecoder().decode([LocalTime].self, from: JSONEncoder().encode(times)) == times)
    }

    @Test("times that are on no clock are refused")
    func wrongTimes() {
        #expect(LocalTime(hour: 24, minute: 0) == nil)
        for text in ["", "8:30", "24:00", "12:60", "12:00:60", "noon", "-1:00"] {
            #expect(LocalTime(text) == nil, "\(text)")
        }
        #expect(LocalTime("08:30:59")?.description == "08:30")
    }
}
