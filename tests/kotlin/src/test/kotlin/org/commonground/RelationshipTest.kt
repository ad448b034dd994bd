package org.commonground

import java.nio.file.Path
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import org.commonground.core.BackupKey
import org.commonground.core.BackupSecret
import org.commonground.core.CarryProblem
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.GoalText
import org.commonground.core.MemoryVault
import org.commonground.core.NewGoal
import org.commonground.core.restoreBackup
import org.commonground.core.termsVersion
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** How two people are with each other: what they read before, pauses, meeting without a network, a new phone. */
class RelationshipTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `each sees what the other has read before they begin`() = scene(folder) {
        val two = paired()
        two.exchange()
        val terms = two.mara.home.ask { terms(two.relationship) }
        assertEquals(termsVersion(), terms.ofNow)
        assertEquals(termsVersion(), terms.me?.version)
        assertEquals(termsVersion(), terms.other?.version)
        assertTrue(!terms.isToBeRead)
        assertThrowsIn<CommonGroundException.Invalid> { two.mara.home.ask { readTerms(two.relationship, 60_000u) } }
    }

    @Test
    fun `while one pauses nothing goes, and after that everything does`() = scene(folder) {
        val two = paired()
        two.exchange()
        two.mara.home.ask { pause(two.relationship) }
        assertTrue(two.mara.home.ask { relationships() }.single().pausedAt != null)
        val goal = two.doctorPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
        assertThrowsIn<CommonGroundException.NotShared> { two.maraLink.exchange(two.relationship, patienceSeconds = 1u) }
        assertTrue(two.maraPlan { goals() }.isEmpty())
        two.mara.home.ask { resume(two.relationship) }
        two.exchange()
        assertEquals(listOf(goal), two.maraPlan { goals().map { it.id } })
    }

    @Test
    fun `where no network serves, a file that only the other device opens carries the plan`() = scene(folder) {
        val two = paired()
        two.exchange()
        two.goOffline()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep 🌱")) }.summary.id
        val out = two.mara.home.ask { carryOut(two.relationship, file("from mara")) }
        assertTrue(out.changes > 0uL)
        val taken = two.doctor.home.ask { carryIn(file("from mara")) }
        assertEquals(listOf(goal), taken.goals)
        assertEquals("Sleep 🌱", two.doctorPlan { goal(goal).summary.title })
        assertEquals(0u, two.doctor.home.ask { carryIn(file("from mara")) }.received)
        val error = assertThrowsIn<CommonGroundException.Carry> { two.mara.home.ask { carryIn(file("from mara")) } }
        assertEquals(CarryProblem.NOT_FOR_THIS_DEVICE, error.problem)
    }

    @Test
    fun `together, what one types is on the other's screen`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
        two.exchange()
        val (here, there) = listOf(two.mara, two.doctor).map { it.home.ask { sitTogether(two.relationship) } }
        two.mara.home.untilTrue { here.other()?.together == true }
        two.doctor.home.untilTrue { there.other()?.together == true }

        here.show(goal, GoalText.WHY)
        two.doctor.home.untilTrue { there.other()?.let { it.goal == goal && it.typingIn == GoalText.WHY } == true }
        var shown = two.maraPlan { goal(goal).version }
        for (letters in listOf("T", "Ti", "Tired 😴")) {
            shown = aside { here.typeIn(goal, GoalText.WHY, shown, letters) }.version
        }
        two.doctor.home.untilTrue { two.doctorPlan { goal(goal).why } == "Tired 😴" }
        here.leave()
        two.doctor.home.untilTrue { there.other()?.together != true }
        here.close()
        there.close()
    }

    @Test
    fun `who comes back with a backup on a new phone goes on, and the other is told`() = scene(folder) {
        val two = paired()
        two.maraPlan { proposeGoal(NewGoal("Before")) }
        two.exchange()
        val phrase = "a river walk before the rain"
        two.mara.home.long { progress -> makeBackup(file("backup"), BackupKey.Passphrase(phrase), progress = progress) }
        two.mara.home.shut()

        val newVault = MemoryVault()
        longCall { restoreBackup(file("backup"), BackupSecret.Passphrase(phrase), file("new phone"), newVault, it) }
        val again = open(Path.of(file("new phone")), newVault)
        assertEquals(two.mara.me, again.me)
        coroutineScope {
            val told = async(start = CoroutineStart.UNDISPATCHED) {
                two.doctor.home.changes.first { it is Change.NewDevice }
            }
            again.home.plan(two.relationship) { proposeGoal(NewGoal("After")) }
            assertTrue(again.goOnline().exchange(two.relationship, patienceSeconds = 30u).inStep)
            assertEquals(Change.NewDevice(two.relationship), told.await())
        }
        assertEquals(1, two.doctor.home.ask { newDevices() }.size)
        two.doctor.home.ask { seenNewDevice(two.relationship) }
        assertEquals(setOf("Before", "After"), two.doctorPlan { goals().map { it.title } }.toSet())
        assertNull(again.home.ask { livesElsewhereSince() })
    }

    /** Waits until it is so, looking again after each change, as a screen does. */
    private suspend fun Home.untilTrue(isSo: suspend () -> Boolean) {
        live { }.first { isSo() }
    }
}
