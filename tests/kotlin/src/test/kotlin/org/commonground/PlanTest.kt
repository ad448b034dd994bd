package org.commonground

import java.nio.file.Path
import java.time.LocalDate
import org.commonground.core.AttainmentLevel
import org.commonground.core.ChoicePick
import org.commonground.core.CommonGroundException
import org.commonground.core.FieldValue
import org.commonground.core.GoalEdit
import org.commonground.core.GoalMark
import org.commonground.core.GoalState
import org.commonground.core.HistoryWhat
import org.commonground.core.NewAttainment
import org.commonground.core.NewGoal
import org.commonground.core.NewRating
import org.commonground.core.NewStep
import org.commonground.core.NewTask
import org.commonground.core.PlanField
import org.commonground.core.PlanItem
import org.commonground.core.ScaleLevel
import org.commonground.core.StanceKind
import org.commonground.core.Standing
import org.commonground.core.StrategyVerdict
import org.commonground.core.TaskEdit
import org.commonground.core.TaskOwner
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The plan that two people share, as two apps write it. */
class PlanTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `an edit carries the version that its screen showed, so that both people's words stay`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep", why = "Tired days.")) }.summary.id
        two.exchange()
        val (atMara, atDoctor) = two.maraPlan { goal(goal) } to two.doctorPlan { goal(goal) }
        two.doctorPlan { editGoal(goal, atDoctor.version, GoalEdit(why = "Long, tired days.")) }
        two.exchange()
        // Her screen still shows what it showed before.
        two.maraPlan { editGoal(goal, atMara.version, GoalEdit(why = "Tired days, and cross.")) }
        two.exchange()
        assertEquals("Long, tired days, and cross.", two.maraPlan { goal(goal).why })
        assertEquals(two.maraPlan { goal(goal) }, two.doctorPlan { goal(goal) })
    }

    @Test
    fun `two titles at once are a choice, shown to both, and one of them decides`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
        two.exchange()
        two.goOffline()
        two.maraPlan { editGoal(goal, version(), GoalEdit(title = "Sleep through")) }
        two.doctorPlan { editGoal(goal, version(), GoalEdit(title = "Sleep longer")) }
        two.carry(this)
        val (shown, version) = two.maraPlan { goal(goal).choices.single() to version() }
        assertEquals(PlanField.TITLE to PlanItem.Goal(goal), shown.field to shown.of)
        assertEquals(setOf("Sleep through", "Sleep longer"), shown.values.map { (it.value as FieldValue.Text).text }.toSet())
        two.maraPlan { choose(shown.of, version, shown.field, ChoicePick.Write("Sleep long and through")) }
        assertEquals("Sleep long and through", two.maraPlan { goal(goal).summary.title })
        assertTrue(two.maraPlan { goal(goal).choices.isEmpty() })
    }

    @Test
    fun `an agreement is kept, withdrawn, and exported so that anybody can check it`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep through", success = "Five nights of seven")) }.summary.id
        two.exchange()
        two.doctorPlan { takeStance(goal, goal(goal).digest, StanceKind.NOT_YET, "Which nights?") }
        two.exchange()
        assertEquals("Which nights?", two.maraPlan { openWordings().single().stances.single().why })
        val wording = two.maraPlan { goal(goal).digest }
        two.maraPlan { agree(goal, wording) }
        two.doctorPlan { agree(goal, wording) }
        two.exchange()
        val sealed = two.maraPlan { agreements(goal).single() }
        assertEquals("Sleep through" to 2, sealed.title to sealed.statements.size)
        val exported = two.doctorPlan { exportAgreement(goal, wording) }
        assertTrue("common-ground agreement" in exported && "Sleep through" in exported)
        assertTrue(two.maraPlan { goal(goal).summary.standing } is Standing.Agreed)

        two.maraPlan { withdraw(goal, wording) }
        two.exchange()
        val standing = two.doctorPlan { goal(goal).summary.standing } as Standing.Withdrawn
        assertEquals(two.mara.me, standing.by)
        val other = two.maraPlan { editGoal(goal, version(), GoalEdit(title = "Sleep on")) }.digest
        assertThrowsIn<CommonGroundException.NotFound> { two.maraPlan { exportAgreement(goal, other) } }
    }

    @Test
    fun `a goal is held by one and released by the same, and its state is set by either`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
        two.exchange()
        two.doctorPlan { holdGoal(goal, "Let us talk first") }
        two.exchange()
        two.maraPlan { releaseGoal(goal) }
        val held = two.maraPlan { goal(goal).summary.holds.single() }
        assertEquals(two.doctor.me to "Let us talk first", held.by to held.why, "a hold is its owner's to release")
        two.doctorPlan { releaseGoal(goal) }
        two.exchange()
        assertTrue(two.maraPlan { goal(goal).summary.holds.isEmpty() })
        two.maraPlan { setGoalState(goal, version(), GoalMark.REACHED, "Since spring") }
        two.exchange()
        assertEquals(GoalState.REACHED, two.doctorPlan { goal(goal).summary.state })
    }

    @Test
    fun `steps, strategies, scales, ratings and tasks are written by both and read by both`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Speak up in meetings")) }.summary.id
        two.exchange()
        two.doctorPlan {
            addStep(goal, NewStep("Say hello", expectedFear = 3u))
            val strategy = addStrategy(goal, "Write it down before")
            judgeStrategy(strategy.id, version(), StrategyVerdict.KEEP, "It helps")
            writeScale(goal, version(), AttainmentLevel.entries.map { ScaleLevel(it, "Level $it") })
            weigh(goal, version(), importance = 3u, difficulty = 2u)
            val task = addTask(goal, NewTask("One sentence", TaskOwner.CLIENT, due = LocalDate.of(2027, 1, 10)))
            editTask(task.id, task.version, TaskEdit(what = "One whole sentence"))
            setReview(goal, version(), 14u)
        }
        two.exchange()
        two.maraPlan {
            rate(goal, NewRating(value = 3u, helped = "Rest"))
            attain(goal, NewAttainment(AttainmentLevel.MORE))
            declineTask(offers().single().id, offers().single().digest, "Not this week")
        }
        two.exchange()
        val (here, there) = two.maraPlan { goal(goal) } to two.doctorPlan { goal(goal) }
        assertEquals(here, there)
        assertEquals("Say hello" to "It helps", here.steps.single().what to here.strategies.single().verdictNote?.why)
        assertEquals(3.toUByte() to "One whole sentence", here.ratings.single().value to here.tasks.single().what)
        assertEquals("Not this week", here.tasks.single().declinedWhy)
        assertEquals(5, here.scale.size)
        assertEquals(1u, two.doctor.home.ask { planOverviews(LocalDate.of(2027, 1, 1)) }.single().goals)
    }

    @Test
    fun `what happened is told in order, can be looked at day by day, and undone`() = scene(folder) {
        val two = paired()
        val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
        two.exchange()
        two.maraPlan { markLooked(version()) }
        two.doctorPlan { editGoal(goal, version(), GoalEdit(title = "Sleep through")) }
        two.exchange()
        val news = two.maraPlan { news() }
        assertEquals(listOf(two.doctor.me), news.map { it.by })
        val set = news.single().what as HistoryWhat.Set
        assertEquals("Sleep" to "Sleep through", (set.before as FieldValue.Text).text to (set.after as FieldValue.Text).text)
        assertEquals(2, two.maraPlan { history(goal).events.size })

        two.doctorPlan { undo() }
        assertEquals("Sleep", two.doctorPlan { goal(goal).summary.title })
        two.exchange()
        assertEquals(listOf("Sleep"), two.maraPlan { onDay(LocalDate.now().plusDays(1)).goals.map { it.title } })
        assertTrue(two.maraPlan { onDay(LocalDate.of(2020, 1, 1)).goals.isEmpty() })
        two.maraPlan { archiveGoal(goal) }
        assertTrue(two.maraPlan { goals() }.isEmpty())
        assertEquals(listOf(goal), two.maraPlan { goals(archived = true).map { it.id } })
    }

    @Test
    fun `a goal begins as a private draft, and is the other's to see only once it is proposed`() = scene(folder) {
        val two = paired()
        val draft = two.mara.home.goalDrafts { keep(NewGoal("Sleep")) }
        two.mara.home.goalDrafts { change(draft.id, NewGoal("Sleep through", why = "Tired days")) }
        two.exchange()
        assertTrue(two.doctorPlan { goals() }.isEmpty())
        val proposed = two.mara.home.goalDrafts { propose(draft.id, two.relationship) }
        assertTrue(two.mara.home.goalDrafts { list() }.isEmpty())
        two.exchange()
        assertEquals("Tired days", two.doctorPlan { goal(proposed.summary.id).why })
        val second = two.mara.home.goalDrafts { keep(NewGoal("Another")) }
        two.mara.home.goalDrafts { discard(second.id) }
        assertThrowsIn<CommonGroundException.NotFound> { two.mara.home.goalDrafts { get(second.id) } }
    }
}
