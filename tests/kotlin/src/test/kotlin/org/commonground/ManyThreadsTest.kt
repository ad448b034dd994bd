package org.commonground

import java.nio.file.Path
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import org.commonground.core.CommonGround
import org.commonground.core.CommonGroundException
import org.commonground.core.EntryEdit
import org.commonground.core.EntryFilter
import org.commonground.core.EntryId
import org.commonground.core.Journal
import org.commonground.core.MemoryVault
import org.commonground.core.NewEntry
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.commonground.core.SearchOrder
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Eight threads at once, all beginning at a barrier, through the border as it is. */
class ManyThreadsTest {
    @TempDir
    lateinit var folder: Path

    private lateinit var ground: CommonGround
    private lateinit var journal: Journal

    @BeforeEach
    fun open() {
        ground = CommonGround.create(folder.resolve("mara").toString(), MemoryVault(), NewProfile(Role.CLIENT, "Mara"))
        journal = ground.journal()
    }

    @AfterEach
    fun close() {
        journal.close()
        ground.shut()
        ground.close()
    }

    @Test
    fun `eight threads with two thousand operations each lose nothing and read nothing half`() {
        val written = ConcurrentLinkedQueue<EntryId>()
        together { number ->
            var mine = journal.add(NewEntry("Thread $number begins. 🌱")).also { written += it.id }
            for (operation in 1 until OPERATIONS) {
                when (operation % 20) {
                    0 -> mine = journal.add(NewEntry("Thread $number, operation $operation.")).also { written += it.id }
                    7 -> mine = journal.edit(mine.id, mine.revision, EntryEdit(starred = true))
                    in 8..10 -> journal.search("thread", EntryFilter(), SearchOrder.NEWEST, limit = 2u)
                    in 11..13 -> journal.entries(limit = 5u)
                    14 -> journal.count()
                    15 -> ground.profile()
                    16 -> ground.journal().use { it.drafts() }
                    else -> assertEquals(mine, journal.entry(mine.id))
                }
            }
        }
        assertEquals(THREADS * OPERATIONS / 20, written.size)
        assertEquals(written.size.toULong(), journal.count())
        assertEquals(written.toSet(), all())
    }

    @Test
    fun `objects that are closed while eight threads use them answer or refuse, and the process lives`() {
        repeat(50) {
            val shared = ground.journal()
            together { number ->
                if (number == 0) {
                    shared.close()
                } else {
                    val outcome = runCatching { repeat(20) { shared.count() } }
                    val refused = outcome.exceptionOrNull()
                    if (refused != null && refused !is IllegalStateException) throw refused
                }
            }
            val after = runCatching { shared.count() }.exceptionOrNull()
            assertEquals("Journal object has already been destroyed", after?.message)
        }
        assertEquals(0uL, journal.count())
    }

    @Test
    fun `locking and unlocking while others write is a typed error for some, and nothing acknowledged is lost`() {
        val written = ConcurrentLinkedQueue<EntryId>()
        together { number ->
            repeat(100) {
                if (number == 0) {
                    ground.lock()
                    ground.unlock()
                } else {
                    try {
                        written += journal.add(NewEntry("Thread $number.")).id
                    } catch (_: CommonGroundException.Locked) {
                        // Locked at that moment: an app would ask for the finger.
                    }
                }
            }
        }
        assertFalse(ground.isLocked())
        assertEquals(written.toSet(), all())
    }

    /** Runs [work] on eight threads that all begin at once; what one throws fails the test. */
    private fun together(work: (Int) -> Unit) {
        val barrier = CyclicBarrier(THREADS)
        val failures = ConcurrentLinkedQueue<Throwable>()
        val threads = List(THREADS) { number ->
            thread {
                barrier.await(PATIENCE_S, TimeUnit.SECONDS)
                runCatching { work(number) }.onFailure { failures += it }
            }
        }
        threads.forEach { it.join(PATIENCE_S * 1_000 * 5) }
        failures.firstOrNull()?.let { throw AssertionError("${failures.size} of $THREADS threads failed", it) }
        assertFalse(threads.any { it.isAlive }, "a thread hangs")
    }

    private fun all(): Set<EntryId> = buildSet {
        var next: String? = null
        do {
            val page = journal.entries(limit = 200u, after = next)
            addAll(page.entries.map { it.id })
            next = page.next
        } while (next != null)
    }

    private companion object {
        const val THREADS = 8
        const val OPERATIONS = 2_000
    }
}
