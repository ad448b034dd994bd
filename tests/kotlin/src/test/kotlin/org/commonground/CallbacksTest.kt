package org.commonground

import java.nio.file.Path
import kotlin.io.path.writeBytes
import org.commonground.core.AttachmentSink
import org.commonground.core.AttachmentSource
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.EntryFilter
import org.commonground.core.EntryKind
import org.commonground.core.ExportOptions
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.MemoryVault
import org.commonground.core.Moment
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Observer
import org.commonground.core.PageLabel
import org.commonground.core.PageWords
import org.commonground.core.Progress
import org.commonground.core.Role
import org.commonground.core.Told
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/**
 * What the app gives the core to call may throw anything: the call ends with a typed error, nothing of it is left, what
 * was thrown stays outside, and everything goes on.
 */
class CallbacksTest {
    @TempDir
    lateinit var folder: Path

    /** What an app's code throws when it is wrong; the second is no exception but an error (TODO(), out of memory). */
    private val throwing = listOf<() -> Nothing>({ error(SECRET) }, { throw NotImplementedError(SECRET) })

    @Test
    fun `a vault that throws`() = story {
        for ((number, throwIt) in throwing.withIndex()) {
            val place = folder.resolve("$number").toFile()
            val good = MemoryVault()
            val broken = object : KeyVault by good {
                override fun load(name: KeyName): ByteArray? = throwIt()
            }
            tells { Home.create(place, broken, NewProfile(Role.CLIENT, "Mara")) }
            val unkept = object : KeyVault by good {
                override fun keep(name: KeyName, key: ByteArray) = throwIt()
            }
            tells { Home.create(place, unkept, NewProfile(Role.CLIENT, "Mara")) }
            Home.create(place, good, NewProfile(Role.CLIENT, "Mara")).use { it.journal { add(NewEntry("Fine.")) } }
            tells { Home.open(place, broken) }
            Home.open(place, good).use { assertEquals(1uL, it.journal { count() }) }
        }
    }

    @Test
    fun `an observer that throws`() = scene(folder) {
        val home = client().home
        val heard = mutableListOf<Change>()
        val subscriptions = throwing.map { throwIt ->
            home.ask {
                subscribe(object : Observer {
                    override fun onChange(change: Change) = throwIt()
                })
            }
        } + home.ask {
            subscribe(object : Observer {
                override fun onChange(change: Change) {
                    heard += change
                }
            })
        }
        val entry = home.journal { add(NewEntry("Told.")) }
        assertEquals(listOf<Change>(Change.Journal(listOf(entry.id))), heard)
        subscriptions.forEach { it.end() }
        subscriptions.forEach { it.close() }
    }

    @Test
    fun `a progress that throws`() = scene(folder) {
        val home = client().home
        val photo = folder.resolve("photo.jpg").also { it.writeBytes(ByteArray(100_000) { it.toByte() }) }
        for (throwIt in throwing) {
            val progress = object : Progress {
                override fun onProgress(done: ULong, total: ULong?): Boolean = throwIt()
            }
            tells { home.journal { takeInFile(photo.toString(), progress = progress) } }
        }
        assertEquals("photo.jpg", home.journal { takeInFile(photo.toString()) }.name)
    }

    @Test
    fun `a source or a sink that throws`() = scene(folder) {
        val home = client().home
        val photo = folder.resolve("photo.jpg").also { it.writeBytes(ByteArray(100_000) { it.toByte() }) }
        for (throwIt in throwing) {
            val source = object : AttachmentSource {
                override fun read(atMost: UInt): ByteArray = throwIt()
            }
            tells { home.journal { takeIn(source, "photo.jpg") } }
            val sink = object : AttachmentSink {
                override fun write(bytes: ByteArray) = throwIt()
            }
            tells { home.journal { handOutAttachment(takeInFile(photo.toString()).attachment, sink) } }
        }
        assertEquals(0uL, home.journal { count() })
    }

    @Test
    fun `words for a page that throw`() = scene(folder) {
        val home = client().home
        home.journal { add(NewEntry("For the page.")) }
        for ((number, throwIt) in throwing.withIndex()) {
            val words = object : PageWords {
                override fun language() = "en"
                override fun label(label: PageLabel) = "label"
                override fun written(written: Moment): String = throwIt()
                override fun kind(kind: EntryKind) = "kind"
                override fun question(template: String, version: UInt, field: String) = "question"
            }
            val page = folder.resolve("page-$number.html")
            tells {
                home.journal { exportPage(page.toString(), words, EntryFilter(), ExportOptions(), Told.ANYONE_CAN_READ_IT) }
            }
            assertFalse(page.toFile().exists())
        }
    }

    /** A typed error that repeats nothing of what was thrown. */
    private suspend fun tells(call: suspend () -> Any?) {
        val error = assertThrowsIn<CommonGroundException> { call() }
        assertTrue(SECRET !in "$error ${error.message} ${error.cause}")
    }

    private companion object {
        const val SECRET = "words of a person"
    }
}
