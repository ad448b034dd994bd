package org.commonground.page

import android.app.Application
import android.os.Bundle
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
import androidx.compose.runtime.saveable.rememberSaveable
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
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import org.commonground.android.HasProfile
import org.commonground.android.HeldHome
import org.commonground.android.Homes
import org.commonground.android.KeystoreKeyVault
import org.commonground.android.ProfilePlace
import org.commonground.android.lockByItself
import org.commonground.android.stayOnline
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
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
class Diary(app: Application) : AndroidViewModel(app) {
    private val held = CompletableDeferred<HeldHome>()

    /** Opens the diary, or makes it the first time; locks it when the app is left, and stays online while it is there. */
    fun open(name: String): Job = viewModelScope.launch {
        val place = getApplication<Application>().let { (it as HasProfile).profilePlace }
        val home = try {
            Homes.hold(place)
        } catch (_: CommonGroundException.NoProfile) {
            Homes.create(place, NewProfile(Role.CLIENT, name))
        }
        // It is locked where work in the background had it open.
        home.home.ask { unlock() }
        held.complete(home)
        launch { home.home.lockByItself() }
        launch { home.stayOnline(getApplication()) }
    }

    // The journal: nobody else's.

    /** The newest entries, now and after each change. */
    val entries: Flow<List<EntrySummary>> = flow {
        val newest = held.await().home.live({ it is Change.Journal }) { journal().use { it.entries(limit = 50u).entries } }
        emitAll(newest)
    }

    /** When this returns, the entry is safe, also from a power loss. */
    suspend fun write(text: String) {
        held.await().home.journal { add(NewEntry(text)) }
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
    fun goals(relationship: RelationshipId): Flow<List<GoalSummary>> = flow {
        val goals = held.await().home.live({ it is Change.Plan }) { plan(relationship).use { it.goals() } }
        emitAll(goals)
    }

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
        diary.open(name = "Mara")
        setContent { DiaryScreen(diary) }
    }
}

@Composable
fun DiaryScreen(diary: Diary) {
    val entries by diary.entries.collectAsState(emptyList())
    var text by rememberSaveable { mutableStateOf("") }
    Column(Modifier.safeDrawingPadding()) {
        OutlinedTextField(text, { text = it })
        Button({
            diary.viewModelScope.launch {
                diary.write(text)
                text = ""
            }
        }) { Text(stringResource(R.string.keep)) }
        LazyColumn {
            items(entries, key = { it.id.value }) { Text(it.opening) }
        }
    }
}
