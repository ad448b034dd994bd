package org.commonground.core

import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The diary as an app would use it. */
class JournalTest {
    @TempDir
    lateinit var folder: Path

    private lateinit var ground: CommonGround
    private lateinit var journal: Journal

    @BeforeEach
    fun open() {
        val profile = NewProfile(role = Role.CLIENT, displayName = "Mara")
        ground = CommonGround.create(folder.resolve("mara").toString(), MemoryVault(), profile)
        journal = ground.journal()
    }

    @AfterEach
    fun close() {
        journal.close()
        ground.shut()
        ground.close()
    }

    @Test
    fun `what was written is there, whole, and first in the list`() {
        journal.add(NewEntry("Slept badly."))
        val river = NewEntry("Walked along the river. 🌊", title = "River", tags = listOf("walk"), starred = true)
        val written = journal.add(river)

        assertEquals(written, journal.entry(written.id))
        assertEquals(2uL, journal.count())
        val first = journal.entries(limit = 10u).entries.first()
        assertEquals(written.id, first.id)
        assertEquals("River", first.title)
        assertEquals(listOf("walk"), first.tags)
        assertTrue(first.starred)
    }

    @Test
    fun `pages follow one another without a gap`() {
        val ids = (1..7).map { journal.add(NewEntry("Entry $it")).id }.reversed()
        val seen = mutableListOf<EntryId>()
        var next: String? = null
        do {
            val page = journal.entries(limit = 3u, after = next)
            seen += page.entries.map { it.id }
            next = page.next
        } while (next != null)
        assertEquals(ids, seen)
    }

    @Test
    fun `a match is where Kotlin counts it, also behind emoji and accents`() {
        journal.add(NewEntry("🌱🌿👩‍👧 Met Jana in the Café by the canal, and breathed."))

        val hit = journal.search("cafe", EntryFilter(), SearchOrder.BEST_MATCH, limit = 10u).hits.single()
        val words = hit.matches.map { hit.snippet.substring(it.start.toInt(), it.end.toInt()) }
        assertEquals(listOf("Café"), words)
        assertTrue(journal.search("harbour", EntryFilter(), SearchOrder.NEWEST, limit = 10u).hits.isEmpty())
    }

    @Test
    fun `an entry keeps its moment, also from before 1970`() {
        val times =
            listOf("1665-09-03T10:15:30.123456Z", "1969-12-31T23:59:59.750Z", "1970-01-01T00:00:00Z", "2061-07-28T00:00:00Z")
        for (time in times) {
            val moment = Moment(at = Instant.parse(time), zone = "Europe/London", offsetSeconds = -75)
            val written = journal.add(NewEntry("Up, and put on my coloured suit.", written = moment))
            assertEquals(moment, journal.entry(written.id).written)
        }
    }

    @Test
    fun `a moment that cannot be is a typed error`() {
        val now = Moment(at = Instant.parse("2026-05-03T10:00:00Z"), zone = "Europe/London", offsetSeconds = 3600)
        val impossible = listOf(
            now.copy(at = Instant.MAX),
            now.copy(at = Instant.MIN),
            now.copy(at = Instant.parse("+12026-05-03T10:00:00Z")),
            now.copy(zone = "Middle/Earth"),
            now.copy(offsetSeconds = Int.MIN_VALUE),
        )
        for (moment in impossible) {
            val writing = { journal.add(NewEntry("When?", written = moment)) }
            assertThrows(CommonGroundException.Invalid::class.java, { writing() }, "$moment")
        }
        assertEquals(0uL, journal.count())
    }

    @Test
    fun `an edit of something that was edited meanwhile is told, not made`() {
        val shown = journal.add(NewEntry("First."))
        val second = journal.edit(shown.id, shown.revision, EntryEdit(text = "Second."))
        assertNotEquals(shown.revision, second.revision)

        val error = assertThrows(CommonGroundException.Changed::class.java) {
            journal.edit(shown.id, shown.revision, EntryEdit(text = "Third."))
        }
        assertEquals(Thing.ENTRY, error.what)
        assertEquals("Second.", journal.entry(shown.id).text)
    }

    @Test
    fun `the bin takes an entry out of list and search, and gives it back`() {
        val entry = journal.add(NewEntry("A thought about the garden."))
        journal.bin(entry.id)
        assertTrue(journal.entries(limit = 10u).entries.isEmpty())
        assertTrue(journal.search("garden", EntryFilter(), SearchOrder.NEWEST, limit = 10u).hits.isEmpty())
        assertEquals(listOf(entry.id), journal.binned().map { it.id })

        journal.restore(entry.id)
        assertEquals(1, journal.search("garden", EntryFilter(), SearchOrder.NEWEST, limit = 10u).hits.size)
        assertNull(journal.entry(entry.id).binnedAt)
    }

    @Test
    fun `what is no id is a typed error that does not repeat it`() {
        for (nonsense in listOf("", "not an id", "🌱", "0".repeat(100_000))) {
            val error = assertThrows(CommonGroundException.Invalid::class.java) { journal.entry(EntryId(nonsense)) }
            assertEquals("entry id", error.field)
            assertTrue(error.problem is Problem.Malformed)
            if (nonsense.isNotEmpty()) assertFalse(nonsense in error.toString())
        }
        assertThrows(CommonGroundException.NotFound::class.java) {
            journal.entry(EntryId("019a0000-0000-7000-8000-000000000000"))
        }
    }

    @Test
    fun `an empty entry is refused and its field is named`() {
        val error = assertThrows(CommonGroundException.Invalid::class.java) { journal.add(NewEntry("")) }
        assertEquals("text", error.field)
        assertTrue(error.problem is Problem.Empty)
        assertEquals(0uL, journal.count())
    }

    @Test
    fun `observers get ids, one that throws harms nothing, and one that left hears nothing`() {
        val heard = mutableListOf<Change>()
        val angry = object : Observer {
            override fun onChange(change: Change) = error("not in the mood")
        }
        val quiet = object : Observer {
            override fun onChange(change: Change) {
                synchronized(heard) { heard += change }
            }
        }
        val subscriptions = listOf(ground.subscribe(angry), ground.subscribe(quiet))

        val entry = journal.add(NewEntry("Told."))
        assertEquals(listOf<Change>(Change.Journal(listOf(entry.id))), synchronized(heard) { heard.toList() })

        subscriptions.forEach { it.end() }
        journal.add(NewEntry("Not told."))
        assertEquals(1, synchronized(heard) { heard.size })
        assertEquals(2uL, journal.count())
        subscriptions.forEach { it.close() }
    }

    @Test
    fun `an import tells how far it is, and can be cancelled without a trace`() {
        val export = folder.resolve("export.json")
        val entries = (1..3).joinToString(",") {
            val (uuid, day) = "0000000000000000000000000000000$it" to "2024-03-0${it}T08:00:00Z"
            """{"uuid":"$uuid","creationDate":"$day","timeZone":"Europe\/Berlin","text":"Day $it"}"""
        }
        Files.writeString(export, """{"metadata":{"version":"1.0"},"entries":[$entries]}""")

        val stop = object : Progress {
            override fun onProgress(done: ULong, total: ULong?) = false
        }
        assertThrows(CommonGroundException.Cancelled::class.java) {
            journal.import(export.toString(), ImportOptions(), stop)
        }
        val fall = object : Progress {
            override fun onProgress(done: ULong, total: ULong?): Boolean = error("the screen is gone")
        }
        assertThrows(CommonGroundException::class.java) { journal.import(export.toString(), ImportOptions(), fall) }
        assertEquals(0uL, journal.count())

        val told = mutableListOf<Pair<ULong, ULong?>>()
        val listen = object : Progress {
            override fun onProgress(done: ULong, total: ULong?) = told.add(done to total)
        }
        val report = journal.import(export.toString(), ImportOptions(), listen)
        assertEquals(3uL, report.added)
        assertEquals(3uL to 3uL as ULong?, told.last())
        assertEquals(3uL, journal.import(export.toString(), ImportOptions()).alreadyHere)
        assertEquals(3uL, journal.count())
    }

    @Test
    fun `an import that cannot be read says where, and imports nothing`() {
        val export = folder.resolve("broken.json")
        Files.writeString(
            export,
            """{"entries":[{"uuid":"00000000000000000000000000000001","creationDate":"2024-03-01T08:00:00Z","text":"Fine"},
                {"uuid":"00000000000000000000000000000002","creationDate":"last tuesday","text":"Secret words"}]}""",
        )
        val error = assertThrows(CommonGroundException.Import::class.java) {
            journal.import(export.toString(), ImportOptions())
        }
        assertEquals(2uL, error.entry)
        assertEquals("creationDate", error.field)
        assertFalse("Secret" in error.toString() + error.message)
        assertEquals(0uL, journal.count())
    }
}
