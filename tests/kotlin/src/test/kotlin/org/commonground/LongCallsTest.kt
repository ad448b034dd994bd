package org.commonground

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import org.commonground.core.BackupKey
import org.commonground.core.BackupSecret
import org.commonground.core.CommonGroundException
import org.commonground.core.ImportOptions
import org.commonground.core.MemoryVault
import org.commonground.core.NewProfile
import org.commonground.core.Progress
import org.commonground.core.Role
import org.commonground.core.checkBackup
import org.commonground.core.restoreBackup
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Calls that take long: how far they are, and how they are stopped. */
class LongCallsTest {
    @TempDir
    lateinit var folder: Path

    private val vault = MemoryVault()
    private lateinit var home: Home

    @BeforeEach
    fun open() = story {
        home = Home.create(folder.resolve("mara").toFile(), vault, NewProfile(Role.CLIENT, "Mara"))
    }

    @AfterEach
    fun close() = home.close()

    @Test
    fun `progress arrives in order and ends with the whole`() = story {
        val told = mutableListOf<Pair<ULong, ULong?>>()
        val report = home.long({ done, total -> told += done to total }) { progress ->
            journal().use { it.import(dayOne(300).toString(), ImportOptions(), progress) }
        }
        assertEquals(300uL, report.added)
        assertTrue(told.size > 1)
        assertEquals(told.sortedBy { it.first }, told)
        assertEquals(300uL to 300uL as ULong?, told.last())
    }

    @Test
    fun `who is cancelled stops the import, and nothing of it is there`() = story {
        val file = dayOne(300).toString()
        val steps = AtomicInteger()
        lateinit var importing: Job
        importing = launch(start = CoroutineStart.LAZY) {
            home.long({ _, _ ->
                steps.incrementAndGet()
                importing.cancel()
            }) { progress -> journal().use { it.import(file, ImportOptions(), progress) } }
        }
        importing.join()
        assertTrue(importing.isCancelled)
        assertEquals(1, steps.get())
        assertEquals(0uL, home.journal { count() })
        assertEquals(300uL, home.journal { import(file, ImportOptions()) }.added)
    }

    @Test
    fun `who is cancelled before the call begins never begins it`() = story {
        val file = dayOne(3).toString()
        val importing = launch {
            currentCoroutineContext().cancel()
            home.long { progress -> journal().use { it.import(file, ImportOptions(), progress) } }
        }
        importing.join()
        assertTrue(importing.isCancelled)
        assertEquals(0uL, home.journal { count() })
    }

    @Test
    fun `what a listener throws stops the import, and comes out as what it was`() = story {
        val file = dayOne(300).toString()
        val error = assertThrowsIn<IllegalStateException> {
            home.long({ _, _ -> error("the screen is gone") }) { progress ->
                journal().use { it.import(file, ImportOptions(), progress) }
            }
        }
        assertEquals("the screen is gone", error.message)
        assertEquals(0uL, home.journal { count() })
    }

    @Test
    fun `a block that answers for itself whether to go on gets the core's own error`() = story {
        val file = dayOne(300).toString()
        assertThrowsIn<CommonGroundException.Cancelled> {
            home.long { _ ->
                val enough = object : Progress {
                    override fun onProgress(done: ULong, total: ULong?) = false
                }
                journal().use { it.import(file, ImportOptions(), enough) }
            }
        }
        assertEquals(0uL, home.journal { count() })
    }

    @Test
    fun `a backup is made, checked and restored with progress, and a restore that is cancelled leaves no profile`() =
        story {
            home.journal { import(dayOne(50).toString(), ImportOptions()) }
            val file = folder.resolve("backup.age").toString()
            val (key, secret) = BackupKey.Passphrase(PHRASE) to BackupSecret.Passphrase(PHRASE)
            val steps = mutableListOf<ULong>()
            home.long({ done, _ -> steps += done }) { progress -> makeBackup(file, key, progress = progress) }
            assertTrue(steps.isNotEmpty())
            assertEquals("Mara", longCall { progress -> checkBackup(file, secret, progress) }.displayName)

            val place = folder.resolve("again")
            lateinit var restoring: Job
            restoring = launch(start = CoroutineStart.LAZY) {
                longCall(onProgress = { _, _ -> restoring.cancel() }) { progress ->
                    restoreBackup(file, secret, place.toString(), MemoryVault(), progress)
                }
            }
            restoring.join()
            assertTrue(restoring.isCancelled)
            assertFalse(Files.exists(place))

            val newVault = MemoryVault()
            longCall { progress -> restoreBackup(file, secret, place.toString(), newVault, progress) }
            Home.open(place.toFile(), newVault).use { again -> assertEquals(50uL, again.journal { count() }) }
        }

    /** So many days, as Day One exports them. */
    private fun dayOne(days: Int): Path {
        val entries = (1..days).joinToString(",") { day ->
            val uuid = day.toString().padStart(32, '0')
            """{"uuid":"$uuid","creationDate":"2024-03-01T08:00:00Z","timeZone":"Europe\/Berlin","text":"Day $day"}"""
        }
        val export = """{"metadata":{"version":"1.0"},"entries":[$entries]}"""
        return Files.writeString(folder.resolve("day-one-$days.json"), export)
    }

    private companion object {
        const val PHRASE = "a river walk before the rain"
    }
}
