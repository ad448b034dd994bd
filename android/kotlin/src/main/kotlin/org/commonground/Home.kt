package org.commonground

import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import org.commonground.core.Change
import org.commonground.core.CommonGround
import org.commonground.core.CommonGroundException
import org.commonground.core.GoalDrafts
import org.commonground.core.Journal
import org.commonground.core.KeyVault
import org.commonground.core.Link
import org.commonground.core.NewProfile
import org.commonground.core.Observer
import org.commonground.core.OnlineOptions
import org.commonground.core.Plan
import org.commonground.core.Progress
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Reminders
import org.commonground.core.Sharing

/**
 * One person's folder, open: the way to their journal and plans for an app that must not block its main thread.
 *
 * The core's own calls ([CommonGround], [Journal], [Plan] and the others) block for some milliseconds. Here they are
 * made inside a block, which runs on a thread of the dispatcher given to [open] or [create] ([Dispatchers.IO] unless
 * the app chooses another):
 *
 * ```
 * val home = Home.open(File(filesDir, "profile"), vault)
 * home.journal { add(NewEntry("Walked along the river.")) }
 * home.live({ it is Change.Journal }) { journal().use { it.entries(limit = 50u) } }.collect { page -> show(page) }
 * ```
 *
 * Every call here may be made from any thread and suspends without blocking it. It throws what the core throws,
 * [CommonGroundException], and [CommonGroundException.Closed] once the home is closed. A block that has begun is
 * always ended, so that what it wrote is never half known: whoever is cancelled meanwhile gets its
 * [CancellationException] after that. Objects of the core that a block gets are closed after it; take out what you
 * need, not the object.
 *
 * One process holds a folder at a time, and one home is enough for a whole app: it may be used from all its threads.
 */
public class Home private constructor(
    private val ground: CommonGround,
    private val vault: WipingVault,
    private val dispatcher: CoroutineDispatcher,
) : AutoCloseable {
    /** Completes when the home is closed. */
    private val life = Job()

    /** How many are using [ground]; the home itself is one of them until it is closed. */
    private val inside = AtomicInteger(1)

    /** Held here, because a link that nobody holds goes offline. */
    private val online = AtomicReference<Link?>()

    /**
     * Runs [block] with the home's [CommonGround]: relationships, locking, backup, and what else has no scope of its
     * own here.
     *
     * ```
     * val people = home.ask { relationships() }
     * ```
     */
    public suspend fun <T> ask(block: CommonGround.() -> T): T = withContext(dispatcher) { visit(block) }

    /** Runs [block] with the journal. Its calls throw [CommonGroundException.Locked] while the home is locked. */
    public suspend fun <T> journal(block: Journal.() -> T): T = ask { journal().use(block) }

    /**
     * Runs [block] with the plan of [relationship]. Throws [CommonGroundException.NotFound] where there is none, and
     * [CommonGroundException.Locked] while the home is locked.
     */
    public suspend fun <T> plan(relationship: RelationshipId, block: Plan.() -> T): T =
        ask { plan(relationship).use(block) }

    /** Runs [block] with what is handed over in [relationship], both ways. Throws as [plan] does. */
    public suspend fun <T> sharing(relationship: RelationshipId, block: Sharing.() -> T): T =
        ask { sharing(relationship).use(block) }

    /** Runs [block] with reminders and appointments. They also answer while the home is locked. */
    public suspend fun <T> reminders(block: Reminders.() -> T): T = ask { reminders().use(block) }

    /** Runs [block] with the private drafts of goals. Throws as [journal] does. */
    public suspend fun <T> goalDrafts(block: GoalDrafts.() -> T): T = ask { goalDrafts().use(block) }

    /**
     * What changes from now on: ids and kinds, never words; read again what is on the screen, or let [live] do it.
     *
     * Each collector has a subscription of its own, which begins when collecting begins and ends with it. A slow one
     * loses nothing: what it has not taken yet waits for it in memory. It ends by itself when the home is closed, and
     * ends at once where it is closed already.
     */
    public val changes: Flow<Change> = flow {
        val inbox = Channel<Change>(Channel.UNLIMITED)
        listen(inbox, { inbox.trySend(it) }) {
            for (change in inbox) emit(change)
        }
    }

    /**
     * What [read] answers, now and again after each change that [matters]. Changes that come while it reads, or
     * while the collector is busy, lead to one reading more, not to one each; the last word is always read.
     *
     * [read] runs on a thread of the dispatcher. What it throws ends the flow with that (for example
     * [CommonGroundException.Locked]). [matters] is asked on a thread of the core and should answer at once. The flow
     * ends by itself when the home is closed.
     */
    public fun <T> live(matters: (Change) -> Boolean = { true }, read: CommonGround.() -> T): Flow<T> = flow {
        val news = Channel<Unit>(Channel.CONFLATED)
        news.trySend(Unit)
        listen(news, { if (matters(it)) news.trySend(Unit) }) {
            for (ignored in news) {
                val now = try {
                    ask(read)
                } catch (error: CommonGroundException) {
                    // Closed in the middle of reading: that is an end, no failure.
                    if (!life.isActive) break
                    throw error
                }
                emit(now)
            }
        }
    }

    /**
     * Runs [block], which makes a call that takes long and tells how far it is: import, export, backup, attachments.
     *
     * ```
     * home.long({ done, total -> bar.value = done to total }) { progress ->
     *     journal().use { it.import(file, ImportOptions(), progress) }
     * }
     * ```
     *
     * [onProgress] is called in order, on the thread that does the work; it should return soon. When the coroutine is
     * cancelled, the call stops at the next step and leaves nothing of itself behind; only one that was as good as
     * ready may still have come to its end, and of a file that is carried over (`carryIn`), what was taken in before
     * stays. What [onProgress] throws stops the call too, and is thrown here.
     */
    public suspend fun <T> long(
        onProgress: (done: ULong, total: ULong?) -> Unit = { _, _ -> },
        block: CommonGround.(Progress) -> T,
    ): T = longCall(dispatcher, onProgress) { progress -> visit { block(progress) } }

    /**
     * Lets paired devices find this one, and this one them, in the ways that were chosen for each relationship;
     * nobody else is contacted. The calls of the [Link] suspend and block no thread.
     *
     * The home stays online until [goOffline] or [close], also when the app does not keep the link. Throws
     * [CommonGroundException.InUse] when it is online already, and [CommonGroundException.File] when no port can be
     * had. Closed meanwhile, it throws [CommonGroundException.Closed], and is not online.
     */
    public suspend fun goOnline(reach: Reach): Link = goOnlineWith(OnlineOptions(reach, publicServices = null))

    /** Where this home is online, if it is. */
    public val link: Link? get() = online.get()

    /** As [goOnline], for those who run public services of their own. */
    public suspend fun goOnlineWith(options: OnlineOptions): Link {
        val link = makeOrUndo(dispatcher, undo = { link: Link -> link.goOffline() }) {
            visit { goOnlineWith(options) }
        }
        online.set(link)
        // Whichever comes last, this or what closing does, takes the link away.
        if (!life.isActive && online.compareAndSet(link, null)) {
            withContext(NonCancellable) { link.goOffline() }
        }
        if (!life.isActive) throw CommonGroundException.Closed()
        return link
    }

    /**
     * Says goodbye to everyone and stops listening, also for a coroutine that is cancelled. Does nothing when the home is
     * not online.
     */
    public suspend fun goOffline(): Unit = withContext(NonCancellable) {
        online.getAndSet(null)?.goOffline()
    }

    /**
     * [close], for callers that must not block: suspends until the folder is free.
     */
    public suspend fun shut(): Unit = withContext(NonCancellable + dispatcher) { close() }

    /**
     * Ends all collecting, goes offline, closes both files and gives the folder free. Calls that are under way end, or
     * throw [CommonGroundException.Locked] or [CommonGroundException.Closed]. Closing twice does no harm.
     *
     * This blocks until it is done: some milliseconds, and up to some seconds when the device is online and has to say
     * goodbye. On a main thread use [shut].
     */
    @Synchronized
    override fun close() {
        if (!life.complete()) return
        ground.shut()
        online.set(null)
        leave()
    }

    /** Keeps [ground] usable for as long as [block] runs, also when the home is closed meanwhile. */
    private inline fun <T> visit(block: CommonGround.() -> T): T {
        inside.incrementAndGet()
        try {
            if (!life.isActive) throw CommonGroundException.Closed()
            return ground.block()
        } finally {
            vault.wipe()
            leave()
        }
    }

    private fun leave() {
        if (inside.decrementAndGet() == 0) ground.close()
    }

    /** Lets [hear] get all changes while [collect] runs; [inbox] is closed with the home. */
    private suspend fun listen(inbox: Channel<*>, hear: (Change) -> Unit, collect: suspend () -> Unit) {
        val observer = object : Observer {
            override fun onChange(change: Change) {
                try {
                    hear(change)
                } catch (thrown: Throwable) {
                    // Thrown to the core it would be lost: it belongs to whoever collects.
                    inbox.close(thrown)
                }
            }
        }
        val subscription = try {
            visit { subscribe(observer) }
        } catch (_: CommonGroundException.Closed) {
            return
        }
        val closing = life.invokeOnCompletion { inbox.close() }
        try {
            collect()
        } finally {
            closing.dispose()
            subscription.end()
            subscription.close()
        }
    }

    public companion object {
        /**
         * Opens the profile in [folder], unlocked; [vault] is asked for its two keys on a thread of [dispatcher], which
         * is where all later blocks run as well.
         *
         * An array that [vault] answers belongs to the home, which fills it with zeros after use; so it does with one
         * that was given to [vault] to keep, when `keep` has returned. A vault that holds keys in memory answers and
         * holds copies.
         *
         * Throws [CommonGroundException.NoProfile], [CommonGroundException.InUse], [CommonGroundException.WrongKey],
         * [CommonGroundException.Damaged], [CommonGroundException.NewerFile] or [CommonGroundException.Vault]. Whoever
         * is cancelled meanwhile finds the folder free.
         */
        public suspend fun open(
            folder: File,
            vault: KeyVault,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Home = make(vault, dispatcher) { CommonGround.open(folder.path, it) }

        /**
         * Opens the profile in [folder] locked: [vault] is asked for the shared file's key alone, so that plans can catch
         * up while nobody is there to show a finger. What needs the journal throws [CommonGroundException.Locked] until
         * `unlock`. Otherwise as [open].
         */
        public suspend fun openLocked(
            folder: File,
            vault: KeyVault,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Home = make(vault, dispatcher) { CommonGround.openLocked(folder.path, it) }

        /**
         * Makes a new profile in [folder] and opens it. Both keys are made and given to [vault], which keeps copies: the
         * arrays are filled with zeros after use, as with [open].
         *
         * Throws [CommonGroundException.ProfileExists], [CommonGroundException.InUse], [CommonGroundException.Vault], or
         * [CommonGroundException.Invalid] for a name that cannot be taken. Whoever is cancelled meanwhile may find the
         * profile made, and the folder free.
         */
        public suspend fun create(
            folder: File,
            vault: KeyVault,
            profile: NewProfile,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Home = make(vault, dispatcher) { CommonGround.create(folder.path, it, profile) }

        private suspend fun make(
            vault: KeyVault,
            dispatcher: CoroutineDispatcher,
            ground: (KeyVault) -> CommonGround,
        ): Home = makeOrUndo(dispatcher, undo = Home::close) {
            val wiping = WipingVault(vault)
            try {
                Home(ground(wiping), wiping, dispatcher)
            } finally {
                wiping.wipe()
            }
        }
    }
}
