package org.commonground.core

import java.nio.file.Path
import java.time.LocalDate
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.toList
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A client's and a therapist's phone, both in this process, meeting over QUIC on the loopback. */
class TwoDevicesTest {
    @TempDir
    lateinit var folder: Path

    private lateinit var mara: Device
    private lateinit var doctor: Device

    /** One person's phone. */
    private class Device(folder: Path, role: Role, name: String) : AutoCloseable {
        val ground = CommonGround.create(folder.toString(), MemoryVault(), NewProfile(role, name))
        val me = ground.profile().person
        val changes = Channel<Change>(Channel.UNLIMITED)
        private val subscription = ground.subscribe(object : Observer {
            override fun onChange(change: Change) {
                changes.trySend(change)
            }
        })

        suspend fun waitFor(what: (Change) -> Boolean): Change = withTimeout(PATIENCE_MS) {
            var change = changes.receive()
            while (!what(change)) change = changes.receive()
            change
        }

        override fun close() {
            subscription.end()
            ground.shut()
            ground.close()
        }
    }

    @BeforeEach
    fun begin() {
        mara = Device(folder.resolve("mara"), Role.CLIENT, "Mara")
        doctor = Device(folder.resolve("doctor"), Role.THERAPIST, "Dr. Okafor")
    }

    @AfterEach
    fun end() {
        mara.close()
        doctor.close()
    }

    @Test
    fun `two people pair, write apart, come together, agree, and an edit reopens it`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        val (maraPlan, doctorPlan) = mara.ground.plan(relationship) to doctor.ground.plan(relationship)

        // Apart: each proposes a goal.
        val nights = NewGoal(title = "Sleep through", why = "Tired days 😴", success = "Five nights of seven")
        val sleep = maraPlan.proposeGoal(nights)
        val talk = doctorPlan.proposeGoal(NewGoal(title = "Speak up in meetings"))
        val (atMara, atDoctor) = exchange(relationship, maraLink, doctorLink)
        assertTrue(atMara.inStep && atDoctor.inStep)
        assertEquals(maraPlan.version(), doctorPlan.version())
        assertEquals(setOf(sleep.summary.id, talk.summary.id), maraPlan.goals().map { it.id }.toSet())
        assertEquals(maraPlan.goals(), doctorPlan.goals())

        // Together: an edit of one reaches the other's observer, which gets ids and nothing else.
        val shown = doctorPlan.goal(sleep.summary.id)
        doctorPlan.editGoal(shown.summary.id, shown.version, GoalEdit(why = shown.why + " and short evenings"))
        val told = mara.waitFor { it is Change.Plan && it.byOther && sleep.summary.id in it.goals } as Change.Plan
        assertEquals(relationship, told.relationship)
        assertEquals("Tired days 😴 and short evenings", maraPlan.goal(sleep.summary.id).why)

        // Agreeing takes the digest that the screen showed.
        assertThrows(CommonGroundException.Changed::class.java) { maraPlan.agree(sleep.summary.id, sleep.digest) }
        val wording = maraPlan.goal(sleep.summary.id).digest
        maraPlan.agree(sleep.summary.id, wording)
        doctor.waitFor { it is Change.Plan && it.byOther && doctorPlan.goal(sleep.summary.id).agreedBy == listOf(mara.me) }
        doctorPlan.agree(sleep.summary.id, wording)
        mara.waitFor { it is Change.Plan && maraPlan.goal(sleep.summary.id).summary.standing is Standing.Agreed }
        assertEquals(setOf(mara.me, doctor.me), maraPlan.goal(sleep.summary.id).agreedBy.toSet())

        // An edit by the other reopens it; what was sealed stays in force.
        val sealed = doctorPlan.goal(sleep.summary.id)
        doctorPlan.editGoal(sealed.summary.id, sealed.version, GoalEdit(title = "Sleep through most nights"))
        mara.waitFor { it is Change.Plan && maraPlan.goal(sleep.summary.id).summary.standing is Standing.ChangedSinceAgreed }
        assertEquals("Sleep through", maraPlan.goal(sleep.summary.id).sealed?.title)

        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `a task is offered, accepted and done on a day that no time zone can move`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        val (maraPlan, doctorPlan) = mara.ground.plan(relationship) to doctor.ground.plan(relationship)
        val due = LocalDate.of(2026, 3, 29)

        val goal = doctorPlan.proposeGoal(NewGoal(title = "Walk every day")).summary.id
        val walk = NewTask(what = "Ten minutes around the block", owner = TaskOwner.CLIENT, due = due)
        val task = doctorPlan.addTask(goal, walk)
        assertEquals(TaskState.OFFERED, task.state)
        exchange(relationship, maraLink, doctorLink)

        val offered = maraPlan.tasks().single()
        assertEquals(due, offered.due)
        assertEquals(listOf(mara.me), offered.waitsFor)
        assertEquals(TaskState.ACCEPTED, maraPlan.acceptTask(offered.id, offered.digest).state)
        maraPlan.logTask(offered.id, on = due, outcome = TaskOutcome.PARTLY, note = "Rain.")
        doctor.waitFor { it is Change.Plan && doctorPlan.tasks().single().log.isNotEmpty() }
        val seen = doctorPlan.tasks().single()
        assertEquals(TaskState.ACCEPTED, seen.state)
        assertEquals(listOf(due to TaskOutcome.PARTLY), seen.log.map { it.on to it.outcome })

        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `what is no ticket, no relationship or nobody is a typed error`() = runBlocking<Unit> {
        mara.ground.goOnline(Reach.THIS_MACHINE).use { link ->
            val error = assertThrows(CommonGroundException.Pairing::class.java) { runBlocking { link.redeem("nonsense") } }
            assertEquals(PairingProblem.NOT_A_TICKET, error.problem)
            assertThrows(CommonGroundException.Invalid::class.java) { mara.ground.plan(RelationshipId("nonsense")) }
            assertThrows(CommonGroundException.Invalid::class.java) { link.state(RelationshipId("nonsense")) }
            assertThrows(CommonGroundException.Invalid::class.java) {
                runBlocking { link.exchange(RelationshipId("nonsense"), patienceSeconds = 1u) }
            }
            assertThrows(CommonGroundException.NotFound::class.java) { mara.ground.plan(RelationshipId("00".repeat(16))) }
            assertThrows(CommonGroundException.NotFound::class.java) {
                runBlocking { link.exchange(RelationshipId("00".repeat(16)), patienceSeconds = 1u) }
            }
            link.goOffline()
        }
    }

    @Test
    fun `a relationship in which nobody compared the words says so until they do`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink, Confirmation.NotCompared)

        assertTrue(mara.ground.relationships().none { it.codeCompared })
        assertEquals(mara.ground.relationships().single().code, doctor.ground.relationships().single().code)
        assertTrue(mara.ground.markCodeCompared(relationship).codeCompared)
        assertEquals("Dr. Okafor", mara.ground.relationships().single().other.displayName)

        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `while one is locked the exchange goes on, and no words are shown`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        val maraPlan = mara.ground.plan(relationship)
        val goal = doctor.ground.plan(relationship).proposeGoal(NewGoal(title = "Rest")).summary.id

        mara.ground.lock()
        assertTrue(exchange(relationship, maraLink, doctorLink).all { it.inStep })
        assertThrows(CommonGroundException.Locked::class.java) { maraPlan.goals() }
        assertThrows(CommonGroundException.Locked::class.java) { mara.ground.plan(relationship) }
        assertEquals("Dr. Okafor", mara.ground.relationships().single().other.displayName)

        mara.ground.unlock()
        assertEquals(listOf(goal), maraPlan.goals().map { it.id })

        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `a wait that is cancelled harms nothing`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)

        val abandoned = maraLink.offerPairing(WayOfMeeting.SameNetwork)
        val waiting = launch(start = CoroutineStart.UNDISPATCHED) { abandoned.code() }
        waiting.cancelAndJoin()
        abandoned.decline()
        abandoned.close()

        val relationship = pair(maraLink, doctorLink)
        assertTrue(exchange(relationship, maraLink, doctorLink).all { it.inStep })

        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `every frame can be watched, and a watcher that throws harms nothing`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        val seen = Channel<Pair<Direction, ByteArray>>(Channel.UNLIMITED)
        maraLink.watchFrames(object : FrameObserver {
            override fun onFrame(relationship: RelationshipId, direction: Direction, inflated: ByteArray) {
                seen.trySend(direction to inflated)
            }
        })
        doctorLink.watchFrames(object : FrameObserver {
            override fun onFrame(relationship: RelationshipId, direction: Direction, inflated: ByteArray) =
                error("not now")
        })

        mara.ground.journal().use { it.add(NewEntry("What I wrote for nobody but me.")) }
        mara.ground.plan(relationship).proposeGoal(NewGoal(title = "Paint again"))
        assertTrue(exchange(relationship, maraLink, doctorLink).all { it.inStep })
        maraLink.goOffline()
        doctorLink.goOffline()
        seen.close()

        val frames = seen.toList()
        val sent = frames.filter { it.first == Direction.SENT }.map { String(it.second, Charsets.UTF_8) }
        assertTrue(frames.any { it.first == Direction.RECEIVED })
        assertTrue(sent.any { "Paint again" in it })
        assertTrue(sent.none { "nobody but me" in it })
    }

    @Test
    fun `a piece of the journal is handed over, read, talked about and taken back`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        val entry = mara.ground.journal().use { it.add(NewEntry("The tram was full, and I stayed.")) }

        val (given, received) = mara.ground.sharing(relationship) to doctor.ground.sharing(relationship)
        val draft = ExcerptDraft(entry = entry.id)
        val preview = given.preview(draft)
        assertEquals("The tram was full, and I stayed.", preview.excerpt.text)
        assertTrue(BeforeYouHandOver.MAY_NOT_BE_READ_BEFORE_YOU_MEET in preview.toKnow)
        val parcel = given.handOver(draft, preview.digest)
        assertEquals(ParcelState.WAITING_TO_GO, given.excerpt(parcel).state)
        exchange(relationship, maraLink, doctorLink)
        assertEquals(preview.excerpt, received.open(parcel).excerpt)
        received.comment(parcel, "Thank you.")
        exchange(relationship, maraLink, doctorLink)
        assertEquals(ParcelState.OPENED, given.excerpt(parcel).state)
        assertEquals("Thank you.", given.open(parcel).comments.single().text)

        given.takeBack(parcel)
        exchange(relationship, maraLink, doctorLink)
        assertEquals(ParcelState.DELETED, given.excerpt(parcel).state)
        assertThrows(CommonGroundException.Parcel::class.java) { received.open(parcel) }
        assertEquals(2, mara.ground.recordOfHandingOver().size)
        given.close()
        received.close()
        maraLink.goOffline()
        doctorLink.goOffline()
    }

    @Test
    fun `how the two meet is chosen by each, and an end is heard by both`() = runBlocking {
        val maraLink = mara.ground.goOnline(Reach.THIS_MACHINE)
        val doctorLink = doctor.ground.goOnline(Reach.THIS_MACHINE)
        val relationship = pair(maraLink, doctorLink)
        assertEquals(WayOfMeeting.SameNetwork, mara.ground.waysOfMeeting(relationship).here)
        val chosen = mara.ground.meet(relationship, WayOfMeeting.OwnRelay("https://relay.example"))
        assertEquals(WayOfMeeting.OwnRelay("https://relay.example/"), chosen.here)
        assertThrows(CommonGroundException.Invalid::class.java) {
            mara.ground.meet(relationship, WayOfMeeting.OwnRelay("not a relay"))
        }
        mara.ground.meet(relationship, WayOfMeeting.SameNetwork)

        mara.ground.end(relationship)
        exchange(relationship, maraLink, doctorLink)
        doctor.waitFor { it is Change.Relationship }
        assertEquals(listOf(mara.me, mara.me), listOf(mara, doctor).map { it.ground.relationships().single().ended?.by })
        maraLink.goOffline()
        doctorLink.goOffline()
    }

    /** Both people in one room: one shows the ticket, both compare the words. */
    private suspend fun pair(
        maraLink: Link,
        doctorLink: Link,
        how: Confirmation = Confirmation.Compared(readTerms = termsVersion()),
    ): RelationshipId = withTimeout(PATIENCE_MS) {
        val offered = maraLink.offerPairing(WayOfMeeting.SameNetwork)
        val ticket = offered.ticket()!!
        val taken = doctorLink.redeem(ticket.text)
        coroutineScope {
            val (here, there) = listOf(offered, taken).map { async { it.code() } }.awaitAll()
            assertEquals(here.words, there.words)
            assertEquals("Dr. Okafor", here.other.displayName)
            val (one, other) = listOf(offered, taken).map { async { it.confirm(how) } }.awaitAll()
            assertEquals(one.id, other.id)
            one.id
        }
    }

    /** Both ask for an exchange, as both have the app open. */
    private suspend fun exchange(relationship: RelationshipId, vararg links: Link): List<ExchangeReport> = coroutineScope {
        links.map { async { it.exchange(relationship, patienceSeconds = 30u) } }.awaitAll()
    }

    private companion object {
        const val PATIENCE_MS = 60_000L
    }
}
