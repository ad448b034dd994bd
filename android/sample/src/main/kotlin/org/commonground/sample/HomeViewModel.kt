package org.commonground.sample

import android.app.Application
import androidx.fragment.app.FragmentActivity
import androidx.lifecycle.AndroidViewModel
import androidx.lifecycle.viewModelScope
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.launch
import org.commonground.Home
import org.commonground.android.BackgroundExchange
import org.commonground.android.HeldHome
import org.commonground.android.Homes
import org.commonground.android.JournalPrompt
import org.commonground.android.KeystoreKeyVault
import org.commonground.android.ReminderAlarms
import org.commonground.android.VaultTrouble
import org.commonground.android.lockByItself
import org.commonground.android.stayOnline
import org.commonground.android.trouble
import org.commonground.core.Change
import org.commonground.core.CommonGround
import org.commonground.core.CommonGroundException
import org.commonground.core.EntryFilter
import org.commonground.core.EntrySummary
import org.commonground.core.Goal
import org.commonground.core.Link
import org.commonground.core.LinkState
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.PersonId
import org.commonground.core.Plan
import org.commonground.core.Relationship
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.SearchOrder

/** What a person can be told when something did not work. */
enum class Trouble { KEY_GONE, TOO_MANY_TRIES, VAULT, TRY_AGAIN }

/** What the whole screen shows. */
sealed interface Stage {
    data object Starting : Stage

    /** No profile yet. */
    data object Welcome : Stage

    data object Locked : Stage

    data object Open : Stage

    /** It cannot be opened now. */
    data object Stuck : Stage
}

/** Everything that the screens show, and what can be done on them. It lives as long as the activity's screens do. */
@OptIn(ExperimentalCoroutinesApi::class)
class HomeViewModel(application: Application) : AndroidViewModel(application) {
    private val app = application as SampleApp
    private val place = app.profilePlace
    private val held = MutableStateFlow<HeldHome?>(null)
    private var looking: Job? = null

    val stage: StateFlow<Stage> field = MutableStateFlow<Stage>(Stage.Starting)
    val trouble: StateFlow<Trouble?> field = MutableStateFlow<Trouble?>(null)

    /** What is looked for in the journal; everything while it is empty. */
    val query = MutableStateFlow("")

    val pairing = PairingFlow()

    val writing = Writing(viewModelScope) { held.value?.home }

    /** The newest entries, or those that match. */
    val entries: StateFlow<List<EntrySummary>> = query.flatMapLatest { query ->
        whileOpen(emptyList(), { it is Change.Journal }) {
            journal().use { journal ->
                if (query.isBlank()) {
                    journal.entries(limit = PAGE).entries
                } else {
                    journal.search(query, EntryFilter(), SearchOrder.BEST_MATCH, limit = PAGE).hits.map { it.entry }
                }
            }
        }
    }.kept(emptyList())

    val people: StateFlow<List<Person>> = whileOpen(emptyList(), { it !is Change.Journal }) {
        val me = profile().person
        relationships().map { Person(it, meeting(it.id).state, plan(it.id).use { plan -> plan.goalsInFull() }, me) }
    }.kept(emptyList())

    init {
        start()
    }

    /** Opens the profile, or shows the welcome where there is none. */
    fun start() {
        viewModelScope.launch {
            try {
                moveIn(Homes.hold(place))
            } catch (_: CommonGroundException.NoProfile) {
                stage.value = Stage.Welcome
            } catch (error: CommonGroundException) {
                stage.value = Stage.Stuck
                tell(error)
            }
        }
    }

    fun begin(role: Role, name: String) = act { moveIn(Homes.create(place, NewProfile(role, name.trim()))) }

    private suspend fun moveIn(new: HeldHome) {
        held.value = new
        if (new.home.ask { isLocked() }) stage.value = Stage.Locked else enter()
        viewModelScope.launch { new.home.lockByItself(app.inFront) { leave() } }
        viewModelScope.launch { ReminderAlarms(app).follow(new.home) }
        stayOnline(new)
        BackgroundExchange.regularly(app)
    }

    private fun stayOnline(new: HeldHome) {
        viewModelScope.launch {
            try {
                new.stayOnline(app, app.inFront)
            } catch (error: CommonGroundException) {
                tell(error)
            }
        }
    }

    fun lock() = act {
        leave()
        home().ask { lock() }
    }

    /** The journal is open: what was being written is taken up again. */
    private suspend fun enter() {
        writing.takeUp()
        stage.value = Stage.Open
    }

    /** The journal is about to lock: nothing of it on the screen, and what is being written into a draft. */
    private suspend fun leave() {
        stage.value = Stage.Locked
        writing.putAway()
    }

    /** Asks for finger, face or screen lock where the journal is bound to its owner, and opens it. */
    fun unlock(activity: FragmentActivity, prompt: JournalPrompt) = act {
        val outcome = when (val vault = place.vault) {
            is KeystoreKeyVault -> prompt.unlock(activity, home(), vault)
            else -> JournalPrompt.Outcome.Unlocked.also { home().ask { unlock() } }
        }
        when (outcome) {
            JournalPrompt.Outcome.Unlocked -> enter()
            JournalPrompt.Outcome.NotNow -> Unit
            JournalPrompt.Outcome.TooManyTries -> trouble.value = Trouble.TOO_MANY_TRIES
            is JournalPrompt.Outcome.Failed -> trouble.value = troubleOf(outcome.why)
        }
    }

    /** The person touched something: locking is counted from here. */
    fun noteActivity() {
        val home = held.value?.home ?: return
        viewModelScope.launch { runCatching { home.ask { noteActivity() } } }
    }

    /** Makes an entry of what is being written. */
    fun keepWriting() = act { writing.keep() }

    /** Proposes a goal; [kept] is called when it is durable. It goes to the other person by itself. */
    fun propose(relationship: RelationshipId, title: String, kept: () -> Unit) = act {
        home().plan(relationship) { proposeGoal(NewGoal(title)) }
        kept()
    }

    /** Agrees to the wording that the screen showed; one that was changed meanwhile is shown first. */
    fun agree(relationship: RelationshipId, goal: Goal) =
        act { home().plan(relationship) { agree(goal.summary.id, goal.digest) } }

    fun offerPairing() = online { pairing.offer(it) }

    fun takeUp(ticket: String) = online { pairing.takeUp(it, ticket) }

    fun trouble(seen: Trouble?) {
        if (trouble.value == seen) trouble.value = null
    }

    private fun online(block: suspend (Link) -> Unit) {
        looking?.cancel()
        looking = viewModelScope.launch {
            try {
                held.value?.online(block)
            } catch (error: CommonGroundException) {
                tell(error)
            }
        }
    }

    private fun home(): Home = held.value?.home ?: throw CommonGroundException.Closed()

    private fun act(block: suspend () -> Unit) {
        viewModelScope.launch {
            try {
                block()
            } catch (_: CommonGroundException.Locked) {
                stage.value = Stage.Locked
            } catch (error: CommonGroundException) {
                tell(error)
            }
        }
    }

    private fun tell(error: CommonGroundException) {
        trouble.value = if (error is CommonGroundException.Vault) troubleOf(error.trouble) else Trouble.TRY_AGAIN
    }

    private fun troubleOf(trouble: VaultTrouble?) = when (trouble) {
        VaultTrouble.KEY_GONE, VaultTrouble.DAMAGED -> Trouble.KEY_GONE
        else -> Trouble.VAULT
    }

    /** What [read] answers while the journal is open, and [otherwise] while it is locked. */
    private fun <T> whileOpen(otherwise: T, matters: (Change) -> Boolean, read: CommonGround.() -> T): Flow<T> =
        combine(held, stage) { held, stage -> held.takeIf { stage == Stage.Open } }.flatMapLatest { held ->
            val now = held?.home?.live(matters, read) ?: flowOf(otherwise)
            // Locked while it was reading: the stage says so in a moment.
            now.catch { if (it is CommonGroundException.Locked) emit(otherwise) else throw it }
        }

    private fun <T> Flow<T>.kept(first: T): StateFlow<T> = stateIn(viewModelScope, SharingStarted.Eagerly, first)

    /** The screens are gone for good: what waits goes soon, and the home is let go. */
    override fun onCleared() {
        val leaving = held.value ?: return
        CoroutineScope(Dispatchers.Default).launch { leaving.release() }
        BackgroundExchange.soon(app)
    }

    private companion object {
        const val PAGE: UInt = 50u
    }
}

/** Somebody this person has paired with, and the plan of the two. */
data class Person(
    val relationship: Relationship,
    val link: LinkState,
    val goals: List<Goal>,
    val me: PersonId,
)

private fun Plan.goalsInFull(): List<Goal> = goals().map { goal(it.id) }
