package org.commonground

import java.io.ByteArrayOutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.time.LocalDate
import kotlin.io.path.writeBytes
import org.commonground.core.AttachmentSink
import org.commonground.core.AttachmentSource
import org.commonground.core.CommonGroundException
import org.commonground.core.DraftContent
import org.commonground.core.Emotion
import org.commonground.core.EntryFilter
import org.commonground.core.EntryKind
import org.commonground.core.ExportFormat
import org.commonground.core.ExportOptions
import org.commonground.core.ImportOptions
import org.commonground.core.Moment
import org.commonground.core.NewEntry
import org.commonground.core.NewToolUse
import org.commonground.core.Told
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What a person writes, from the first letter to the photo: everything crosses the border and comes back the same. */
class WritingTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `an entry comes back as it was written, with zone, emoji, feelings and all`() = scene(folder) {
        val home = client().home
        // Half an hour off, and a mark in the text that is two UTF-16 units, another that is seven.
        val moment = Moment(Instant.parse("2026-03-29T00:59:59.999999Z"), zone = "Asia/Kolkata", offsetSeconds = 19_800)
        val new = NewEntry(
            text = "Walked 🌊 with 👩‍👧.\nZeile zwei: Äpfel, 昨天, مرحبا.\u0000 end",
            title = "The river",
            kind = EntryKind.SMALL_WIN,
            mood = 4u,
            emotions = listOf(Emotion("calm", 7u)),
            tags = listOf("walk", "Träume"),
            starred = true,
            toBring = true,
            written = moment,
        )
        val written = home.journal { add(new) }
        val read = home.journal { entry(written.id) }
        assertEquals(written, read)
        assertEquals(new.text, read.text)
        assertEquals(new.title to new.kind, read.title to read.kind)
        assertEquals(new.mood to new.emotions, read.mood to read.emotions)
        assertEquals(new.tags to moment, read.tags to read.written)
        assertTrue(read.starred && read.toBringAt != null)
        // The writer's day, not that of this machine.
        val day = home.journal { daysWithEntries(LocalDate.of(2026, 3, 1), LocalDate.of(2026, 3, 31)) }.single()
        assertEquals(LocalDate.of(2026, 3, 29), day.day)
    }

    @Test
    fun `a draft outlives the app, and finishing it makes the entry`() = scene(folder) {
        val mara = client()
        val draft = mara.home.journal { saveDraft(DraftContent.Add(NewEntry("Half a"))) }
        mara.home.journal { saveDraft(DraftContent.Add(NewEntry("Half a thought")), draft) }
        mara.home.shut()

        val again = open(mara.folder, mara.vault).home
        val kept = again.journal { draft(drafts().single().id) }
        assertEquals("Half a thought", (kept.content as DraftContent.Add).entry.text)
        val entry = again.journal { finishDraft(draft) }
        assertEquals("Half a thought", entry.text)
        assertEquals(0, again.journal { drafts().size })
        assertThrowsIn<CommonGroundException.NotFound> { again.journal { discardDraft(draft) } }
    }

    @Test
    fun `a photo streams in and out in pieces, with progress, and belongs to its entry`() = scene(folder) {
        val home = client().home
        val photo = ByteArray(700_000) { (it * 31 + it / 256).toByte() }
        var place = 0
        val camera = object : AttachmentSource {
            override fun read(atMost: UInt): ByteArray {
                val piece = photo.copyOfRange(place, minOf(photo.size, place + minOf(atMost.toInt(), 50_000)))
                place += piece.size
                return piece
            }
        }
        val steps = mutableListOf<ULong>()
        val attached = home.long({ done, _ -> steps += done }) { progress ->
            journal().use { it.takeIn(camera, "river.jpg", "image/jpeg", photo.size.toULong(), progress) }
        }
        assertEquals(photo.size.toULong(), steps.max())
        val entry = home.journal { add(NewEntry("The river, see the photo.", attachments = listOf(attached))) }
        assertEquals(listOf(attached), home.journal { entry(entry.id).attachments })
        assertEquals(photo.size.toULong(), home.journal { attachmentSize(attached.attachment) })

        val shown = ByteArrayOutputStream()
        val screen = object : AttachmentSink {
            override fun write(bytes: ByteArray) = shown.write(bytes)
        }
        home.journal { handOutAttachment(attached.attachment, screen) }
        assertArrayEquals(photo, shown.toByteArray())
        val piece = home.journal { attachmentPiece(attached.attachment, offset = 300_000u, length = 1_000u) }
        assertArrayEquals(photo.copyOfRange(300_000, 301_000), piece)
        home.journal { saveAttachment(attached.attachment, file("saved.jpg")) }
        assertArrayEquals(photo, Files.readAllBytes(Path.of(file("saved.jpg"))))
    }

    @Test
    fun `what was exported comes in again elsewhere, and says how much`() = scene(folder) {
        val mara = client()
        val photo = Path.of(file("photo.jpg")).also { it.writeBytes(ByteArray(10_000) { 7 }) }
        mara.home.journal {
            add(NewEntry("One 🌱", tags = listOf("garden")))
            add(NewEntry("Two", attachments = listOf(takeInFile(photo.toString()))))
        }
        val all = file("all.zip")
        val told = Told.ANYONE_CAN_READ_IT
        val report = mara.home.long { progress ->
            journal().use { it.export(all, ExportFormat.COMMON_GROUND, EntryFilter(), ExportOptions(), told, progress) }
        }
        assertEquals(2uL to 1uL, report.entries to report.attachments)

        val other = client("Jana")
        assertEquals(2uL, other.home.journal { import(all, ImportOptions(dryRun = true)) }.found)
        assertEquals(0uL, other.home.journal { count() })
        val taken = other.home.long { progress -> journal().use { it.import(all, ImportOptions(), progress) } }
        assertEquals(2uL to 1uL, taken.added to taken.attachmentsAdded)
        val ofGarden = other.home.journal { filtered(EntryFilter(tags = listOf("garden")), 5u).entries }
        assertEquals(listOf("One 🌱"), ofGarden.map { it.opening })
    }

    @Test
    fun `prompts are offered in the person's language, and tools tell how they helped`() = scene(folder) {
        val home = client().home
        val (english, german) = home.journal { templates("en") to templates("de") }
        assertEquals(english.map { it.id }, german.map { it.id })
        assertTrue(english.isNotEmpty() && english.map { it.title } != german.map { it.title })

        val tool = home.journal { addTool("Count to ten", "Slowly.") }
        home.journal { useTool(NewToolUse(tool.id, helped = 7u)) }
        val used = home.journal { tool(tool.id) }
        assertEquals(1uL to 7.0, used.uses to used.helped)
        assertTrue(home.journal { archiveTool(tool.id) }.archivedAt != null)
        assertFalse(tool.id in home.journal { tools() }.map { it.id })
    }
}
