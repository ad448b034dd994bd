package org.commonground.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import org.commonground.core.Goal
import org.commonground.core.Standing

/** The plan with each person: the goals, what stands between the two about them, and a new one. */
@Composable
fun PlanScreen(model: HomeViewModel) {
    val people by model.people.collectAsStateWithLifecycle()
    Column(Modifier.verticalScroll(rememberScrollState()).padding(16.dp), Arrangement.spacedBy(12.dp)) {
        if (people.isEmpty()) Text(stringResource(R.string.nobody_yet))
        people.forEach { PlanWith(it, model) }
    }
}

@Composable
private fun PlanWith(person: Person, model: HomeViewModel) {
    var title by rememberSaveable { mutableStateOf("") }
    val relationship = person.relationship
    Text(
        stringResource(R.string.with, relationship.other.displayName),
        style = MaterialTheme.typography.titleMedium,
    )
    person.goals.forEach { goal ->
        GoalCard(goal, person) { model.agree(relationship.id, goal) }
    }
    if (relationship.ended != null) return
    OutlinedTextField(
        value = title,
        onValueChange = { title = it },
        modifier = Modifier.fillMaxWidth().testTag("goal"),
        label = { Text(stringResource(R.string.new_goal)) },
        singleLine = true,
    )
    Button({ model.propose(relationship.id, title) { title = "" } }, enabled = title.isNotBlank()) {
        Text(stringResource(R.string.propose))
    }
}

@Composable
private fun GoalCard(goal: Goal, person: Person, agree: () -> Unit) {
    Card(Modifier.fillMaxWidth()) {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(8.dp)) {
            Text(goal.summary.title, style = MaterialTheme.typography.titleSmall)
            Text(standing(goal, person))
            val agreed = person.me in goal.agreedBy || person.relationship.ended != null
            if (!agreed) Button(agree) { Text(stringResource(R.string.agree)) }
        }
    }
}

@Composable
private fun standing(goal: Goal, person: Person): String = when (val standing = goal.summary.standing) {
    Standing.Proposed ->
        if (person.me in goal.agreedBy) {
            stringResource(R.string.goal_you_agreed, person.relationship.other.displayName)
        } else {
            stringResource(R.string.goal_proposed)
        }
    is Standing.Agreed -> stringResource(R.string.goal_agreed, standing.since.day())
    is Standing.ChangedSinceAgreed -> stringResource(R.string.goal_changed, standing.agreed.day())
    is Standing.Withdrawn -> stringResource(R.string.goal_withdrawn)
}

private fun Instant.day(): String =
    DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).format(atZone(ZoneId.systemDefault()))
