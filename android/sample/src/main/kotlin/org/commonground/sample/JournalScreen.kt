package org.commonground.sample

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Button
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle
import org.commonground.core.EntrySummary
import org.commonground.core.Moment

/** Write at the top, look for something below, and read the newest. */
@Composable
fun JournalScreen(model: HomeViewModel) {
    val entries by model.entries.collectAsStateWithLifecycle()
    val query by model.query.collectAsStateWithLifecycle()
    val text = model.writing.text
    Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
        OutlinedTextField(
            value = text,
            onValueChange = model.writing::write,
            modifier = Modifier.fillMaxWidth().testTag("write"),
            label = { Text(stringResource(R.string.write_here)) },
            minLines = 3,
        )
        // The words leave the field only when they are kept.
        Button(model::keepWriting, enabled = text.isNotBlank()) { Text(stringResource(R.string.keep)) }
        OutlinedTextField(
            value = query,
            onValueChange = { model.query.value = it },
            modifier = Modifier.fillMaxWidth().testTag("search"),
            label = { Text(stringResource(R.string.search)) },
            singleLine = true,
        )
        if (entries.isEmpty()) {
            Text(stringResource(if (query.isBlank()) R.string.nothing_written else R.string.nothing_found))
        }
        LazyColumn(Modifier.testTag("entries")) {
            items(entries, key = { it.id.value }) { EntryLine(it) }
        }
    }
}

@Composable
private fun EntryLine(entry: EntrySummary) {
    Column(Modifier.fillMaxWidth().padding(vertical = 8.dp)) {
        Text(entry.written.inWords(), style = MaterialTheme.typography.labelMedium)
        Text(entry.title ?: entry.opening)
        HorizontalDivider(Modifier.padding(top = 8.dp))
    }
}

/** Day and time as the writer's own clock showed them, also when the phone is in another zone by now. */
private fun Moment.inWords(): String =
    OffsetDateTime.ofInstant(at, ZoneOffset.ofTotalSeconds(offsetSeconds))
        .format(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT))
