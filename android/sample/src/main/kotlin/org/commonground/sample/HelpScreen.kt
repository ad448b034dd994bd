package org.commonground.sample

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.telephony.TelephonyManager
import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.core.net.toUri
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import java.util.Locale
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.commonground.core.EmergencyService
import org.commonground.core.HelpNow
import org.commonground.core.helpNow

/** The way to help: numbers of the person's country, which need no network and no open journal. */
@Composable
fun HelpScreen() {
    val language = LocalConfiguration.current.locales[0]
    val region = LocalContext.current.networkCountry() ?: language.country
    val numbers by produceState<HelpNow?>(null, region) { value = withContext(Dispatchers.Default) { helpNow(region) } }
    Column(Modifier.verticalScroll(rememberScrollState()).padding(16.dp), Arrangement.spacedBy(12.dp)) {
        Text(stringResource(R.string.help_title), style = MaterialTheme.typography.headlineSmall)
        numbers?.let { Numbers(it) }
        Text(stringResource(R.string.help_not_medical))
    }
}

@Composable
private fun Numbers(help: HelpNow) {
    val context = LocalContext.current
    Text(stringResource(R.string.help_danger))
    help.emergency.forEach {
        Button({ context.dial(it.number) }) { Text(stringResource(words(it.what), it.number)) }
    }
    if (help.talk.isNotEmpty()) Text(stringResource(R.string.help_talk))
    help.talk.forEach {
        Text("${it.name}\n${it.page}")
        OutlinedButton({ context.dial(it.number) }) { Text(stringResource(R.string.help_call, it.number)) }
    }
    val day = help.asOf.format(DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG))
    val age = if (help.isOld) R.string.help_old else R.string.help_as_of
    Text(stringResource(age, day), style = MaterialTheme.typography.bodySmall)
}

@StringRes
private fun words(service: EmergencyService): Int = when (service) {
    EmergencyService.ALL -> R.string.help_all
    EmergencyService.AMBULANCE -> R.string.help_ambulance
    EmergencyService.POLICE -> R.string.help_police
}

/** Where the phone is by its mobile network, which needs no permission: whoever reads English may be anywhere. */
private fun Context.networkCountry(): String? = try {
    getSystemService(TelephonyManager::class.java)?.networkCountryIso?.uppercase(Locale.ROOT)?.ifEmpty { null }
} catch (_: UnsupportedOperationException) {
    // A tablet without a mobile network, since Android 15.
    null
}

/** Opens the phone's own dialler with the number: the person calls. */
private fun Context.dial(number: String) = try {
    startActivity(Intent(Intent.ACTION_DIAL, "tel:${number.replace(" ", "")}".toUri()))
} catch (_: ActivityNotFoundException) {
    // A tablet that cannot call: the number can be read.
}
