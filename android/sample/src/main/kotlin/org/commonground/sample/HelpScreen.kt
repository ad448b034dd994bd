package org.commonground.sample

import android.content.ActivityNotFoundException
import android.content.Intent
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.core.net.toUri

/** The way to help: words that need no network and no open journal. */
@Composable
fun HelpScreen() {
    val context = LocalContext.current
    Column(Modifier.verticalScroll(rememberScrollState()).padding(16.dp), Arrangement.spacedBy(12.dp)) {
        Text(stringResource(R.string.help_title), style = MaterialTheme.typography.headlineSmall)
        Text(stringResource(R.string.help_danger))
        Button({
            try {
                context.startActivity(Intent(Intent.ACTION_DIAL, "tel:112".toUri()))
            } catch (_: ActivityNotFoundException) {
                // A tablet that cannot call: the number stands above.
            }
        }) { Text(stringResource(R.string.help_call)) }
        Text(stringResource(R.string.help_talk))
        Text(stringResource(R.string.help_not_medical))
    }
}
