package org.commonground

import java.lang.ref.Cleaner
import java.nio.file.Path
import java.time.Instant
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.MemoryVault
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** One person's home: which thread works, what closing means, and that nothing is left behind. */
class HomeTest {
    @TempDir
    lateinit var folder: Path

    private val vault = MemoryVault()
    private lateinit var workers: ExecutorCoroutineDispatcher
    private lateinit var home: Home

    private fun place() = folder.resolve("mara").toFile()

    @BeforeEach
    fun open() = story {
        workers = Executors.newFixedThreadPool(4) { work -> Thread(work, "worker") }.asCoroutineDispatcher()
        home = Home.create(place(), vault, NewProfile(Role.CLIENT, "Mara"), workers)
    }

    @AfterEach
    fun close() {
        home.close()
        workers.close()
    }

    @Test
    fun `each block runs on the dispatcher that was given, and the caller's thread is free meanwhile`() = story {
        val free = CountDownLatch(1)
        val caller = Thread.currentThread()
        val working = async {
            home.journal {
                assertTrue(Thread.currentThread().name.startsWith("worker"), Thread.currentThread().name)
                // Were the caller's thread blocked, nobody would let this go on.
                assertTrue(free.await(PATIENCE_S, TimeUnit.SECONDS))
                add(NewEntry("Written aside."))
            }
        }
        launch { free.countDown() }
        assertEquals("Written aside.", working.await().text)
        assertEquals(caller, Thread.currentThread())
    }

    @Test
    fun `each scope answers with its part of the core, and closes it after`() = story {
        assertEquals("Mara", home.ask { profile() }.displayName)
        assertEquals(0uL, home.journal { count() })
        assertEquals(emptyList<Any>(), home.reminders { all() })
        val draft = home.goalDrafts { keep(NewGoal("Sleep through")) }
        assertEquals("Sleep through", home.goalDrafts { get(draft.id) }.content.title)

        val nobody = RelationshipId("00".repeat(16))
        assertThrowsIn<CommonGroundException.NotFound> { home.plan(nobody) { goals() } }
        assertThrowsIn<CommonGroundException.NotFound> { home.sharing(nobody) { given() } }

        val journal = home.journal { this }
        assertThrowsIn<IllegalStateException> { journal.count() }
    }

    @Test
    fun `locked, the journal and the drafts of goals say so, and the rest answers`() = story {
        home.ask { lock() }
        assertThrowsIn<CommonGroundException.Locked> { home.journal { count() } }
        assertThrowsIn<CommonGroundException.Locked> { home.goalDrafts { list() } }
        assertEquals(emptyList<Any>(), home.reminders { nextDue(Instant.EPOCH, 5u) })
        home.ask { unlock() }
        assertEquals(0uL, home.journal { count() })
    }

    @Test
    fun `whoever gives up on a call that has begun finds it done`() = story {
        val begun = CompletableDeferred<Unit>()
        val goOn = CountDownLatch(1)
        val writing = launch {
            home.journal {
                begun.complete(Unit)
                assertTrue(goOn.await(PATIENCE_S, TimeUnit.SECONDS))
                add(NewEntry("Begun is done."))
            }
        }
        begun.await()
        writing.cancel()
        goOn.countDown()
        writing.join()
        assertTrue(writing.isCancelled)
        assertEquals(1uL, home.journal { count() })
    }

    @Test
    fun `closing twice, from many sides at once, gives the folder free`() = story {
        List(8) { async(Dispatchers.Default) { home.close() } }.awaitAll()
        home.close()
        home.shut()
        Home.open(place(), vault).use { again -> assertEquals("Mara", again.ask { profile() }.displayName) }
    }

    @Test
    fun `a closed home is a typed error in every scope`() = story {
        home.shut()
        val nobody = RelationshipId("00".repeat(16))
        assertThrowsIn<CommonGroundException.Closed> { home.ask { profile() } }
        assertThrowsIn<CommonGroundException.Closed> { home.journal { count() } }
        assertThrowsIn<CommonGroundException.Closed> { home.plan(nobody) { goals() } }
        assertThrowsIn<CommonGroundException.Closed> { home.long { _ -> journal().use { it.count() } } }
        assertThrowsIn<CommonGroundException.Closed> { home.goOnline(Reach.THIS_MACHINE) }
        home.goOffline()
    }

    @Test
    fun `a call under way while the home is closed ends with a typed error, and the process lives`() = story {
        val begun = CountDownLatch(3)
        val goOn = CountDownLatch(1)
        val writing = List(3) {
            async {
                runCatching {
                    home.journal {
                        begun.countDown()
                        assertTrue(goOn.await(PATIENCE_S, TimeUnit.SECONDS))
                        add(NewEntry("Too late."))
                    }
                }
            }
        }
        aside { assertTrue(begun.await(PATIENCE_S, TimeUnit.SECONDS)) }
        home.shut()
        goOn.countDown()
        for (outcome in writing.awaitAll()) {
            assertTrue(outcome.exceptionOrNull() is CommonGroundException.Locked, "$outcome")
        }
        Home.open(place(), vault).use { again -> assertEquals(0uL, again.journal { count() }) }
    }

    @Test
    fun `calls that race with closing are answered or refused with a type, again and again`() = story {
        repeat(20) { round ->
            val racing = List(4) {
                async(Dispatchers.Default) {
                    generateSequence { 0 }.forEach { _ ->
                        val outcome = runCatching { home.journal { add(NewEntry("Round $round.")) } }
                        outcome.exceptionOrNull()?.let { return@async it }
                    }
                    null
                }
            }
            home.shut()
            for (end in racing.awaitAll()) {
                assertTrue(end is CommonGroundException.Closed || end is CommonGroundException.Locked, "$end")
            }
            home = Home.open(place(), vault, workers)
        }
    }

    @Test
    fun `whoever gives up while the home is being opened leaves the folder free`() = story {
        home.shut()
        val asked = CompletableDeferred<Unit>()
        val goOn = CountDownLatch(1)
        val slow = object : KeyVault by vault {
            override fun load(name: KeyName): ByteArray? {
                asked.complete(Unit)
                assertTrue(goOn.await(PATIENCE_S, TimeUnit.SECONDS))
                return vault.load(name)
            }
        }
        val opening = launch { Home.open(place(), slow) }
        asked.await()
        opening.cancel()
        goOn.countDown()
        opening.join()
        home = Home.open(place(), vault, workers)
        assertEquals("Mara", home.ask { profile() }.displayName)
    }

    @Test
    fun `online once at a time, and offline with the home`() = story {
        val link = home.goOnline(Reach.THIS_MACHINE)
        assertThrowsIn<CommonGroundException.InUse> { home.goOnline(Reach.THIS_MACHINE) }
        home.goOffline()
        assertThrowsIn<CommonGroundException.Closed> { link.redeem("anything") }

        val again = home.goOnline(Reach.THIS_MACHINE)
        home.shut()
        assertThrowsIn<CommonGroundException.Closed> { again.redeem("anything") }
        home = Home.open(place(), vault, workers)
    }

    @Test
    fun `whoever goes online while the home is closed is told so, and no link is left`() = story {
        // The caller's thread is busy when the link is there, and takes it only after the closing.
        val waiting = LinkedBlockingQueue<Runnable>()
        val busy = object : CoroutineDispatcher() {
            override fun dispatch(context: CoroutineContext, block: Runnable) = waiting.put(block)
        }
        val going = async(busy) { runCatching { home.goOnline(Reach.THIS_MACHINE) } }
        aside { waiting.take().run() }
        val taking = aside { checkNotNull(waiting.poll(PATIENCE_S, TimeUnit.SECONDS)) }
        home.shut()
        taking.run()
        while (!going.isCompleted) aside { checkNotNull(waiting.poll(PATIENCE_S, TimeUnit.SECONDS)).run() }
        assertTrue(going.await().exceptionOrNull() is CommonGroundException.Closed, "${going.await()}")
        assertNull(home.link)
        home = Home.open(place(), vault, workers)
    }

    @Test
    fun `whoever is cancelled and goes offline on the way out is offline after that`() = story {
        val link = home.goOnline(Reach.THIS_MACHINE)
        var isOffline = false
        val staying = launch(start = CoroutineStart.UNDISPATCHED) {
            try {
                awaitCancellation()
            } finally {
                home.goOffline()
                isOffline = true
            }
        }
        staying.cancel()
        staying.join()
        assertTrue(isOffline)
        assertNull(home.link)
        assertThrowsIn<CommonGroundException.Closed> { link.redeem("anything") }
        home.goOnline(Reach.THIS_MACHINE)
    }

    @Test
    fun `the home stays online though the app keeps no link`() = story {
        home.goOnline(Reach.THIS_MACHINE)
        // Had the link been cleaned away, going online again would be possible.
        val cleaned = CountDownLatch(1)
        Cleaner.create().register(Any(), cleaned::countDown)
        aside { while (!cleaned.await(10, TimeUnit.MILLISECONDS)) System.gc() }
        assertThrowsIn<CommonGroundException.InUse> { home.goOnline(Reach.THIS_MACHINE) }
    }

    @Test
    fun `a home may be opened and closed from a plain thread, too`() {
        home.close()
        val worker = thread { story { Home.open(place(), vault).use { it.journal { add(NewEntry("By itself.")) } } } }
        worker.join(PATIENCE_S * 1_000)
        story { home = Home.open(place(), vault, workers) }
        story { assertEquals(1uL, home.journal { count() }) }
    }
}
