import CommonGroundKit
import Foundation
import Story
import Testing

/// The diary as an app would use it.
@Suite("The journal")
struct JournalTests {
    let device: Device
    var home: Home { device.home }

    init() async throws {
        device = try await Device(.client, "Mara")
    }

    @Test("what was written is there, whole, and first in the list")
    func roundTrip() async throws {
        try await home.journal { _ = try $0.add(entry: NewEntry(text: "Slept badly.")) }
        let new = NewEntry(text: "Walked along the river. 🌊👩‍👧", title: "River", mood: 5, tags: ["walk", "水"], starred: true)
        let written = try await home.journal { try $0.add(entry: new) }

        #expect(try await home.journal { try $0.entry(id: written.id) } == written)
        #expect(try await home.journal { try $0.count() } == 2)
        let first = try #require(try await home.journal { try $0.entries(limit: 10) }.entries.first)
        #expect(first.id == written.id)
        #expect(first.title == "River")
        #expect(first.tags == ["walk", "水"])
        #expect(first.starred)
        #expect(written.text == "Walked along the river. 🌊👩‍👧")
    }

    @Test("an entry keeps its moment, its zone and its offset, also from before 1970")
    func moments() async throws {
        let iso = ISO8601DateFormatter()
        iso.formatOptions = [.withInternetDateTime]
        for (time, zone, offset) in [
            ("1665-09-03T10:15:30Z", "Europe/London", -75), ("1969-12-31T23:59:59Z", "America/St_Johns", -12_600),
            ("1970-01-01T00:00:00Z", "Asia/Kathmandu", 20_700), ("2061-07-28T00:00:00Z", "Pacific/Kiritimati", 50_400),
        ] {
            // A quarter and a sixteenth of a second are whole in a `Date`, which is a Double.
            for fraction in [0, 0.25, 0.0625] {
                let at = try #require(iso.date(from: time)).addingTimeInterval(fraction)
                let moment = Moment(at: at, zone: zone, offsetSeconds: Int32(offset))
                let new = NewEntry(text: "Up, and put on my coloured suit.", written: moment)
                let written = try await home.journal { try $0.add(entry: new) }
                #expect(try await home.journal { try $0.entry(id: written.id).written } == moment)
            }
        }
    }

    @Test("a moment that cannot be is a typed error, and nothing is written")
    func impossibleMoments() async throws {
        let now = Date(timeIntervalSince1970: 1_777_802_400)
        for moment in [
            Moment(at: .distantFuture.addingTimeInterval(1e12), zone: "Europe/London", offsetSeconds: 0),
            Moment(at: Date(timeIntervalSince1970: -.greatestFiniteMagnitude), zone: "Europe/London", offsetSeconds: 0),
            Moment(at: now, zone: "Middle/Earth", offsetSeconds: 0),
            Moment(at: now, zone: "Europe/London", offsetSeconds: .min),
        ] {
            await #expect(throws: CommonGroundError.self) {
                try await home.journal { try $0.add(entry: NewEntry(text: "When?", written: moment)) }
            }
        }
        #expect(try await home.journal { try $0.count() } == 0)
    }

    @Test("pages follow one another without a gap")
    func pages() async throws {
        let ids = try await home.journal { journal in
            try (1...7).map { try journal.add(entry: NewEntry(text: "Entry \($0)")).id }
        }
        var seen: [EntryId] = []
        var next: String?
        repeat {
            let after = next
            let page = try await home.journal { try $0.entries(limit: 3, after: after) }
            seen += page.entries.map(\.id)
            next = page.next
        } while next != nil
        #expect(seen == ids.reversed())
    }

    @Test("a match is where Swift counts it, also behind emoji and accents")
    func search() async throws {
        let new = NewEntry(text: "🌱🌿👩‍👧 Met Jana in the Café by the canal, and breathed.")
        try await home.journal { _ = try $0.add(entry: new) }
        let find: @Sendable (String) async throws -> [SearchHit] = { query in
            try await home.journal {
                try $0.search(query: query, filter: EntryFilter(), order: .bestMatch, limit: 10).hits
            }
        }

        let hit = try #require(try await find("cafe").first)
        let words = try hit.matches.map { String(hit.snippet[try #require($0.range(in: hit.snippet))]) }
        #expect(words == ["Café"])
        #expect(try await find("harbour").isEmpty)

        let range = try #require(hit.snippet.range(of: "Jana"))
        #expect(TextRange(range, in: hit.snippet).range(in: hit.snippet) == range)
        #expect(TextRange(start: 0, end: 9_999).range(in: hit.snippet) == nil)
        #expect(TextRange(start: 5, end: 4).range(in: hit.snippet) == nil)
    }

    @Test("an edit of something that was edited meanwhile is told, not made")
    func editedMeanwhile() async throws {
        let shown = try await home.journal { try $0.add(entry: NewEntry(text: "First.")) }
        let edit: @Sendable (String) async throws -> Entry = { text in
            try await home.journal { try $0.edit(id: shown.id, shown: shown.revision, edit: EntryEdit(text: text)) }
        }
        #expect(try await edit("Second.").revision != shown.revision)
        await #expect(throws: CommonGroundError.Changed(what: .entry)) { try await edit("Third.") }
        #expect(try await home.journal { try $0.entry(id: shown.id).text } == "Second.")
    }

    @Test("the bin takes an entry out of list and search, and gives it back")
    func bin() async throws {
        let entry = try await home.journal { try $0.add(entry: NewEntry(text: "A thought about the garden.")) }
        try await home.journal { try $0.bin(id: entry.id) }
        #expect(try await home.journal { try $0.entries(limit: 10).entries }.isEmpty)
        #expect(try await home.journal { try $0.binned() }.map(\.id) == [entry.id])
        try await home.journal { try $0.restore(id: entry.id) }
        #expect(try await home.journal { try $0.entry(id: entry.id).binnedAt } == nil)
    }

    @Test("what is no id is a typed error that does not repeat it", arguments: ["", "not an id", "🌱", "0000"])
    func noId(_ nonsense: String) async throws {
        do {
            _ = try await home.journal { try $0.entry(id: EntryId(nonsense)) }
            Issue.record("it was taken for an id")
        } catch let error as CommonGroundError {
            guard case .Invalid("entry id", .malformed) = error else { throw error }
            if !nonsense.isEmpty { #expect(!"\(error) \(error.description)".contains(nonsense)) }
        }
    }
}
