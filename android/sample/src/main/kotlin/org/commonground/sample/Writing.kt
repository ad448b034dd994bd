package org.commonground.sample

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.DraftContent
import org.commonground.core.DraftId
import org.commonground.core.NewEntry

/**
 * What is being written, before it is an entry. It is saved as a draft of the journal at each pause in typing, so that
 * words are lost neither to another tab nor to locking, and lie nowhere but in the journal: what a screen saves by
 * itself (`rememberSaveable`) Android keeps unencrypted.
 */
class Writing(private val scope: CoroutineScope, private val home: () -> Home?) {
    var text by mutableStateOf("")
        private set

    private val mutex = Mutex()
    private var draft: DraftId? = null
    private var saved = ""
    private var pause: Job? = null

    /** The field shows [now]. */
    fun write(now: String) {
        text = now
        pause?.cancel()
        pause = scope.launch {
            delay(PAUSE.toMillis())
            save()
        }
    }

    /** Shows the draft that was saved last, if there is one. The journal has to be open. */
    suspend fun takeUp() {
        val home = home() ?: return
        mutex.withLock {
            if (text.isNotEmpty()) return
            val last = home.journal { drafts().firstOrNull { it.entry == null }?.let { draft(it.id) } } ?: return
            draft = last.id
            text = (last.content as? DraftContent.Add)?.entry?.text.orEmpty()
            saved = text
        }
    }

    /** Saves the draft, and holds nothing any more; what could not be saved stays, rather than being lost. */
    suspend fun putAway() {
        pause?.cancel()
        if (!save()) return
        draft = null
        saved = ""
        text = ""
    }

    /** Makes the entry; the words leave the field when it is durable. Throws what the core does. */
    suspend fun keep() = mutex.withLock {
        pause?.cancel()
        val now = text
        val home = home() ?: throw CommonGroundException.Closed()
        val id = home.journal { saveDraft(DraftContent.Add(NewEntry(now)), draft) }
        draft = id
        saved = now
        home.journal { finishDraft(id) }
        draft = null
        saved = ""
        if (text == now) text = ""
    }

    /** Whether it is safe now. */
    private suspend fun save(): Boolean = mutex.withLock {
        val now = text
        if (now == saved) return true
        val home = home() ?: return false
        try {
            draft = home.journal {
                val before = draft
                when {
                    now.isNotBlank() -> saveDraft(DraftContent.Add(NewEntry(now)), before)
                    else -> null.also { before?.let(::discardDraft) }
                }
            }
            saved = now
            true
        } catch (_: CommonGroundException) {
            // At the next pause again; the words stay in the field.
            false
        }
    }

    private companion object {
        val PAUSE: Duration = Duration.ofMillis(500)
    }
}
