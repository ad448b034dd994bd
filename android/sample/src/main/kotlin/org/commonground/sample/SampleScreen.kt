package org.commonground.sample

import androidx.activity.compose.BackHandler
import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.PrimaryTabRow
import androidx.compose.material3.Surface
import androidx.compose.material3.Tab
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.commonground.core.Role

private enum class Place(@StringRes val title: Int) {
    JOURNAL(R.string.journal),
    PLAN(R.string.plan),
    TOGETHER(R.string.together),
}

/** Everything that the sample shows. The way to help is at its top, wherever one is, also while it is locked. */
@Composable
fun SampleScreen(model: HomeViewModel, onUnlock: () -> Unit) {
    val stage by model.stage.collectAsStateWithLifecycle()
    val trouble by model.trouble.collectAsStateWithLifecycle()
    var help by rememberSaveable { mutableStateOf(false) }
    MaterialTheme {
        Surface(Modifier.fillMaxSize()) {
            Column(Modifier.safeDrawingPadding().imePadding()) {
                Row(Modifier.fillMaxWidth(), Arrangement.End) {
                    if (stage == Stage.Open) TextButton(model::lock) { Text(stringResource(R.string.lock)) }
                    TextButton({ help = !help }) { Text(stringResource(if (help) R.string.back else R.string.help)) }
                }
                trouble?.let { Told(it) { model.trouble(it) } }
                if (help) {
                    BackHandler { help = false }
                    HelpScreen()
                } else {
                    StageScreen(stage, model, onUnlock)
                }
            }
        }
    }
}

@Composable
private fun StageScreen(stage: Stage, model: HomeViewModel, onUnlock: () -> Unit) {
    when (stage) {
        Stage.Starting -> Unit
        Stage.Welcome -> WelcomeScreen(model::begin)
        Stage.Locked -> LockedScreen(R.string.locked, R.string.unlock, onUnlock)
        Stage.Stuck -> LockedScreen(R.string.trouble_again, R.string.unlock, model::start)
        Stage.Open -> OpenScreen(model)
    }
}

@Composable
private fun OpenScreen(model: HomeViewModel) {
    var place by rememberSaveable { mutableStateOf(Place.JOURNAL) }
    PrimaryTabRow(place.ordinal) {
        Place.entries.forEach {
            Tab(it == place, { place = it }, text = { Text(stringResource(it.title)) })
        }
    }
    when (place) {
        Place.JOURNAL -> JournalScreen(model)
        Place.PLAN -> PlanScreen(model)
        Place.TOGETHER -> TogetherScreen(model)
    }
}

@Composable
private fun WelcomeScreen(begin: (Role, String) -> Unit) {
    var name by rememberSaveable { mutableStateOf("") }
    Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
        Text(stringResource(R.string.welcome), style = MaterialTheme.typography.headlineSmall)
        OutlinedTextField(
            value = name,
            onValueChange = { name = it },
            modifier = Modifier.fillMaxWidth(),
            label = { Text(stringResource(R.string.welcome_name)) },
            singleLine = true,
        )
        Button({ begin(Role.CLIENT, name) }, enabled = name.isNotBlank()) { Text(stringResource(R.string.i_am_client)) }
        Button({ begin(Role.THERAPIST, name) }, enabled = name.isNotBlank()) {
            Text(stringResource(R.string.i_am_therapist))
        }
    }
}

@Composable
private fun LockedScreen(@StringRes says: Int, @StringRes does: Int, act: () -> Unit) {
    Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
        Text(stringResource(says))
        Button(act) { Text(stringResource(does)) }
    }
}

/** What did not work, and what can be done. A screen reader says it by itself. */
@Composable
private fun Told(trouble: Trouble, seen: () -> Unit) {
    val words = when (trouble) {
        Trouble.KEY_GONE -> R.string.trouble_key_gone
        Trouble.TOO_MANY_TRIES -> R.string.trouble_too_many
        Trouble.VAULT -> R.string.trouble_vault
        Trouble.TRY_AGAIN -> R.string.trouble_again
    }
    Row(Modifier.padding(16.dp).semantics { liveRegion = LiveRegionMode.Polite }) {
        Text(stringResource(words), Modifier.weight(1f), color = MaterialTheme.colorScheme.error)
        TextButton(seen) { Text(stringResource(R.string.back)) }
    }
}
