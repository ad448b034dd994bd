package org.commonground.page

import android.app.Application
import android.os.Bundle
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.activity.compose.setContent
import androidx.activity.viewModels
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Button
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.fragment.app.FragmentActivity
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.viewModelScope
import java.io.File
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.launch
import org.commonground.android.HasProfile
import org.commonground.android.HeldHome
import org.commonground.android.Homes
import org.commonground.android.KeystoreKeyVault
import org.commonground.android.ProfilePlace
import org.commonground.android.lockByItself
import org.commonground.android.stayOnline
import org.commonground.core.Change
import org.commonground.core.CommonGround
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
import org.commonground.core.DraftContent
import org.commonground.core.DraftId
import org.commonground.core.EntryFilter
import org.commonground.core.EntrySummary
import org.commonground.core.Goal
import org.commonground.core.GoalId
import org.commonground.core.GoalSummary
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.Pairing
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.SearchHit
import org.commonground.core.SearchOrder
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion
import org.commonground.sample.R

/** Says where the profile lies, so that work in the background finds it without a screen. */
class DiaryApp : Application(), HasProfile {
    override val profilePlace by lazy { ProfilePlace(File(filesDir, "profile"), KeystoreKeyVault(this)) }
}

/** A person's diary and their plans, as screens show them. */
@OptIn(ExperimentalCoroutinesApi::class)
class Diary(app: Application) : AndroidViewModel(app) {
    private val held = CompletableDeferred<HeldHome>()
    private var opening: Job? = null
    private var draft: DraftId? = null

    /** Whether the journal is locked; nothing of it is on the screen then. */
    val locked: StateFlow<Boolean> field = MutableStateFlow(true)

    /** What did not work, until the next try. */
    val trouble: StateFlow<CommonGroundException?> field = MutableStateFlow<CommonGroundException?>(null)

    /** What is being written. Not in the saved state of the activity: that lies unencrypted on the phone. */
    var text by mutableStateOf("")

    /**
     * Opens the diary, or makes it the first time; locks it when the app is left, and stays online while it is there. Once
     * for all activities that come and go, as they do when the phone is turned.
     */
    fun open(name: String): Job = opening?.takeIf { it.isActive || held.isCompleted } ?: act {
        val place = getApplication<Application>().let { (it as HasProfile).profilePlace }
        val home = try {
            Homes.hold(place)
        } catch (_: CommonGroundException.NoProfile) {
            Homes.create(place, NewProfile(Role.CLIENT, name))
        }
        held.complete(home)
        act { home.home.lockByItself(onLocked = ::hide) }
        act { home.stayOnline(getApplication()) }
        // It is locked where work in the background had it open.
        if (!home.home.ask { isLocked() }) show()
    }.also { opening = it }

    /** Opens the journal again; where the key is bound to its owner, `JournalPrompt.unlock` does it instead. */
    fun unlock(): Job = act {
        held.await().home.ask { unlock() }
        show()
    }

    private suspend fun show() {
        val last = held.await().home.journal { drafts().firstOrNull { it.entry == null }?.let { draft(it.id) } }
        if (text.isEmpty() && last != null) {
            draft = last.id
            text = (last.content as? DraftContent.Add)?.entry?.text.orEmpty()
        }
        locked.value = false
    }

    /** Called when it is about to lock: what is being written goes into the journal first, as a draft. */
    private suspend fun hide() {
        locked.value = true
        try {
            if (text.isNotBlank()) saveDraft()
            text = ""
            draft = null
        } catch (error: CommonGroundException) {
            trouble.value = error
        }
    }

    private suspend fun saveDraft(): DraftId {
        val content = DraftContent.Add(NewEntry(text))
        return held.await().home.journal { saveDraft(content, draft) }.also { draft = it }
    }

    /** Errors are for the screen to say. Being locked is none: it shows the way in. */
    private fun act(block: suspend () -> Unit): Job = viewModelScope.launch {
        trouble.value = null
        try {
            block()
        } catch (_: CommonGroundException.Locked) {
            locked.value = true
        } catch (error: CommonGroundException) {
            trouble.value = error
        }
    }

    /** What [read] answers, now and after each change, while the journal is open; nothing while it is locked. */
    private fun <T> live(matters: (Change) -> Boolean, read: CommonGround.() -> List<T>): Flow<List<T>> =
        locked.flatMapLatest { locked ->
            if (locked) return@flatMapLatest flowOf(emptyList())
            held.await().home.live(matters, read).catch { error ->
                if (error !is CommonGroundException) throw error
                if (error !is CommonGroundException.Locked) trouble.value = error
                emit(emptyList())
            }
        }

    // The journal: nobody else's.

    /** The newest entries, now and after each change. */
    val entries: Flow<List<EntrySummary>> =
        live({ it is Change.Journal }) { journal().use { it.entries(limit = 50u).entries } }

    /** Makes an entry of what is being written. The words leave the field when it is safe, also from a power loss. */
    fun keep(): Job = act {
        val id = saveDraft()
        held.await().home.journal { finishDraft(id) }
        draft = null
        text = ""
    }

    suspend fun search(words: String): List<SearchHit> =
        held.await().home.journal { search(words, EntryFilter(), SearchOrder.BEST_MATCH, limit = 20u).hits }

    // The plan: both people's.

    /**
     * Shows the ticket, as a picture or a text, and waits until the other device has read it. Both people then compare the
     * words: only if they are the same on both screens, [same] is true.
     */
    suspend fun pair(showTicket: (String) -> Unit, same: suspend (List<String>) -> Boolean) = held.await().online { link ->
        link.offerPairing(WayOfMeeting.SameNetwork).use { pairing ->
            pairing.ticket()?.let { showTicket(it.text) }
            finish(pairing, same)
        }
    }

    /** The other side of it: takes the ticket that the other device shows. */
    suspend fun pairWith(ticket: String, same: suspend (List<String>) -> Boolean) = held.await().online { link ->
        link.redeem(ticket).use { finish(it, same) }
    }

    private suspend fun finish(pairing: Pairing, same: suspend (List<String>) -> Boolean) {
        val read = Confirmation.Compared(termsVersion())
        if (same(pairing.code().words)) pairing.confirm(read) else pairing.decline()
    }

    /** The goals of a plan, now and after each change, whoever of the two made it. */
    fun goals(relationship: RelationshipId): Flow<List<GoalSummary>> =
        live({ it is Change.Plan }) { plan(relationship).use { it.goals() } }

    suspend fun propose(relationship: RelationshipId, title: String): Goal =
        held.await().home.plan(relationship) { proposeGoal(NewGoal(title)) }

    suspend fun goal(relationship: RelationshipId, id: GoalId): Goal = held.await().home.plan(relationship) { goal(id) }

    /** Agrees to the wording that the screen showed; if it was changed meanwhile, this throws `Changed`. */
    suspend fun agree(relationship: RelationshipId, goal: Goal): Goal =
        held.await().home.plan(relationship) { agree(goal.summary.id, goal.digest) }

    override fun onCleared() {
        if (!held.isCompleted) return
        CoroutineScope(Dispatchers.Default).launch { held.await().release() }
    }
}

/** Writes, and shows what was written. */
class DiaryActivity : FragmentActivity() {
    private val diary: Diary by viewModels()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // No diary in the list of recent apps, and none on a picture of the screen.
        window.addFlags(FLAG_SECURE)
        diary.open(name = "Mara")
        setContent { DiaryScreen(diary) }
    }
}

@Composable
fun DiaryScreen(diary: Diary) {
    val locked by diary.locked.collectAsState()
    val trouble by diary.trouble.collectAsState()
    Column(Modifier.safeDrawingPadding()) {
        if (trouble != null) Text(stringResource(R.string.trouble_again))
        if (locked) Button({ diary.unlock() }) { Text(stringResource(R.string.unlock)) } else JournalScreen(diary)
    }
}

@Composable
private fun JournalScreen(diary: Diary) {
    val entries by diary.entries.collectAsState(emptyList())
    OutlinedTextField(diary.text, { diary.text = it })
    Button({ diary.keep() }, enabled = diary.text.isNotBlank()) { Text(stringResource(R.string.keep)) }
    LazyColumn {
        items(entries, key = { it.id.value }) { Text(it.opening) }
    }
}
