package org.commonground.sample

import android.content.Intent
import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.commonground.core.LinkState

/** Who is paired, how it stands with each, and pairing with somebody. */
@Composable
fun TogetherScreen(model: HomeViewModel) {
    val people by model.people.collectAsStateWithLifecycle()
    val step by model.pairing.step.collectAsStateWithLifecycle()
    Column(Modifier.verticalScroll(rememberScrollState()).padding(16.dp), Arrangement.spacedBy(12.dp)) {
        people.forEach {
            Text(
                stringResource(R.string.with, it.relationship.other.displayName),
                style = MaterialTheme.typography.titleMedium,
            )
            Text(stringResource(howItStands(it)))
        }
        when (val now = step) {
            PairingStep.NotYet -> Begin(model)
            PairingStep.Failed -> {
                Text(stringResource(R.string.pair_failed), color = MaterialTheme.colorScheme.error)
                Begin(model)
            }
            is PairingStep.Showing -> Ticket(now.ticket)
            PairingStep.Calling, PairingStep.Waiting -> Text(stringResource(R.string.pair_waiting))
            is PairingStep.Comparing -> Compare(now, model.pairing::say)
        }
    }
}

@StringRes
private fun howItStands(person: Person): Int = when {
    person.relationship.ended != null -> R.string.sync_ended
    person.relationship.pausedAt != null -> R.string.sync_paused
    person.link == LinkState.IN_STEP -> R.string.sync_in_step
    person.link == LinkState.CATCHING_UP -> R.string.sync_catching_up
    else -> R.string.sync_apart
}

@Composable
private fun Begin(model: HomeViewModel) {
    var ticket by rememberSaveable { mutableStateOf("") }
    Text(stringResource(R.string.pair_way))
    Button(model::offerPairing) { Text(stringResource(R.string.pair_show)) }
    OutlinedTextField(
        value = ticket,
        onValueChange = { ticket = it },
        modifier = Modifier.fillMaxWidth().testTag("ticket"),
        label = { Text(stringResource(R.string.pair_ticket)) },
        maxLines = 3,
    )
    OutlinedButton({ model.takeUp(ticket) }, enabled = ticket.isNotBlank()) { Text(stringResource(R.string.pair_take)) }
}

@Composable
private fun Ticket(ticket: String) {
    val context = LocalContext.current
    Text(stringResource(R.string.pair_give))
    SelectionContainer { Text(ticket, Modifier.testTag("shown-ticket"), style = MaterialTheme.typography.bodySmall) }
    Button({
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, ticket)
        context.startActivity(Intent.createChooser(send, null))
    }) { Text(stringResource(R.string.share)) }
    Text(stringResource(R.string.pair_waiting))
}

@Composable
private fun Compare(step: PairingStep.Comparing, say: (Boolean) -> Unit) {
    Text(stringResource(R.string.with, step.other), style = MaterialTheme.typography.titleMedium)
    Text(stringResource(R.string.pair_compare))
    Text(step.words.joinToString(" "), Modifier.testTag("words"), style = MaterialTheme.typography.headlineSmall)
    Text(stringResource(R.string.pair_shared))
    Button({ say(true) }) { Text(stringResource(R.string.pair_same)) }
    OutlinedButton({ say(false) }) { Text(stringResource(R.string.pair_differ)) }
}
