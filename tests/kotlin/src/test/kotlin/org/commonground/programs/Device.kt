package org.commonground.programs

import java.io.File
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
import org.commonground.core.GoalEdit
import org.commonground.core.GoalId
import org.commonground.core.Link
import org.commonground.core.MemoryVault
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.Pairing
import org.commonground.core.Plan
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.Standing
import org.commonground.core.Thing
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion

/**
 * A device that is led by lines: one command a line comes in, an answer of one line goes out (`plan` answers several, and
 * `end`). So a program in another language can be the other device.
 *
 * | command | answer |
 * | --- | --- |
 * | `create client NAME`, `create therapist NAME` | `ok` |
 * | `offer` | `ticket TEXT` |
 * | `redeem TICKET` | `ok` |
 * | `code` | `code WORD WORD WORD WORD` |
 * | `confirm` | `paired RELATIONSHIP` |
 * | `goal TITLE` | `goal ID` |
 * | `edit GOAL WHY` | `ok` |
 * | `agree GOAL` | `ok` |
 * | `exchange` | `in-step`, or `not in step` |
 * | `plan` | `goal ID|TITLE|WHY|agreed by both: true` for each goal, by id, then `end` |
 * | `quit` | `ok` |
 *
 * An error is answered with `error CLASS`. The one argument is the folder for the profile; its keys live as long as the
 * process does.
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    Device(File(arguments.single())).use { device ->
        for (line in generateSequence(::readlnOrNull)) {
            device.answer(line).forEach(::println)
            System.out.flush()
            if (line == "quit") break
        }
    }
}

private class Device(private val folder: File) : AutoCloseable {
    private var home: Home? = null
    private var pairing: Pairing? = null
    private var relationship: RelationshipId? = null

    suspend fun answer(line: String): List<String> = try {
        carryOut(line.substringBefore(' '), line.substringAfter(' ', missingDelimiterValue = ""))
    } catch (error: CommonGroundException) {
        // The class alone: what it holds is for those who look here.
        listOf("error ${error.javaClass.simpleName}")
    }

    private suspend fun carryOut(command: String, rest: String): List<String> = when (command) {
        "create" -> {
            val role = if (rest.startsWith("therapist ")) Role.THERAPIST else Role.CLIENT
            home = Home.create(folder, MemoryVault(), NewProfile(role, rest.substringAfter(' ')))
            listOf("ok")
        }
        "offer" -> {
            val offered = link().offerPairing(WayOfMeeting.SameNetwork).also { pairing = it }
            listOf("ticket ${offered.ticket()?.text}")
        }
        "redeem" -> {
            pairing = link().redeem(rest)
            listOf("ok")
        }
        "code" -> listOf("code ${begun().code().words.joinToString(" ")}")
        "confirm" -> {
            val paired = begun().confirm(Confirmation.Compared(termsVersion())).id.also { relationship = it }
            listOf("paired $paired")
        }
        "goal" -> plan { listOf("goal ${proposeGoal(NewGoal(rest)).summary.id}") }
        "edit" -> plan {
            val shown = goal(GoalId(rest.substringBefore(' ')))
            editGoal(shown.summary.id, shown.version, GoalEdit(why = rest.substringAfter(' ')))
            listOf("ok")
        }
        "agree" -> plan {
            val shown = goal(GoalId(rest))
            agree(shown.summary.id, shown.digest)
            listOf("ok")
        }
        "exchange" -> {
            val isLevel = link().exchange(shared(), patienceSeconds = 30u).inStep
            listOf(if (isLevel) "in-step" else "not in step")
        }
        "plan" -> plan { lines() }
        "quit" -> listOf("ok")
        else -> listOf("error NoSuchCommand")
    }

    private fun Plan.lines(): List<String> = goals().sortedBy { it.id.value }.map { goal ->
        val isAgreed = goal.standing is Standing.Agreed
        "goal ${goal.id}|${goal.title}|${goal(goal.id).why}|agreed by both: $isAgreed"
    } + "end"

    private suspend fun plan(work: Plan.() -> List<String>) = opened().plan(shared(), work)

    private suspend fun link(): Link = opened().let { it.link ?: it.goOnline(Reach.THIS_MACHINE) }

    private fun opened() = home ?: throw CommonGroundException.NoProfile()

    private fun begun() = pairing ?: throw CommonGroundException.NotFound(Thing.RELATIONSHIP)

    private fun shared() = relationship ?: throw CommonGroundException.NotFound(Thing.RELATIONSHIP)

    override fun close() {
        home?.close()
    }
}
