package org.commonground.android

import java.io.File
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyVault
import org.commonground.core.Link
import org.commonground.core.NewProfile
import org.commonground.core.Reach

/**
 * Where a profile lies, and who keeps its keys.
 *
 * @property reach how far this device goes to meet others; [Reach.THIS_MACHINE] is for tests.
 */
public class ProfilePlace(
    public val folder: File,
    public val vault: KeyVault,
    public val reach: Reach = Reach.AS_CHOSEN,
) {
    internal val key: File = folder.canonicalFile
}

/** What the app's `Application` implements, so that work in the background finds the profile without a screen. */
public interface HasProfile {
    /** Where it lies. Asked for on any thread. */
    public val profilePlace: ProfilePlace
}

/**
 * The homes that are open in this process. A folder is held by one process and one [Home] at a time: whoever needs it,
 * a screen or work in the background, holds the same one, and it is shut when the last lets go.
 */
public object Homes {
    private val mutex = Mutex()
    private val open = HashMap<File, SharedHome>()

    /**
     * Opens the profile for screens, or joins whoever has it open. It is locked then where the key needs its owner, where
     * the journal's key is gone or damaged, or where work in the background had it open: ask `isLocked`, and unlock, which
     * says why it cannot. Suspends without blocking; throws what [Home.open] does.
     */
    public suspend fun hold(place: ProfilePlace): HeldHome = join(place, forScreens = true) { openForScreens(place) }

    /** Makes the profile and holds it, unlocked. Throws what [Home.create] does. */
    public suspend fun create(place: ProfilePlace, profile: NewProfile): HeldHome = mutex.withLock {
        val home = SharedHome(Home.create(place.folder, place.vault, profile))
        open[place.key] = home
        home.holders++
        home.screens++
        HeldHome(place, home, forScreens = true)
    }

    /**
     * Opens the profile for work that nobody watches: the journal is locked, unless a screen has it open. Throws what
     * [Home.open] does.
     */
    public suspend fun holdInBackground(place: ProfilePlace): HeldHome =
        join(place, forScreens = false) { Home.openLocked(place.folder, place.vault) }

    private suspend fun join(place: ProfilePlace, forScreens: Boolean, make: suspend () -> Home): HeldHome =
        mutex.withLock {
            val home = open[place.key]?.takeUnless { it.isClosed() } ?: SharedHome(make()).also { open[place.key] = it }
            home.holders++
            if (forScreens) home.screens++
            HeldHome(place, home, forScreens)
        }

    internal suspend fun letGo(held: HeldHome): Unit = withContext(NonCancellable) {
        mutex.withLock {
            val shared = held.shared
            if (held.forScreens) shared.screens--
            if (--shared.holders == 0) {
                // Not one that was opened anew after the app closed this one itself.
                open.remove(held.place.key, shared)
                shared.home.shut()
            } else if (held.forScreens && shared.screens == 0) {
                // What goes on is work in the background, and that is done with the journal locked.
                shared.lock()
            }
        }
    }

    private suspend fun openForScreens(place: ProfilePlace): Home {
        // A proof of some seconds ago, such as unlocking the phone, is none for the journal: the prompt asks for its own.
        if (needsPerson(place.vault)) return Home.openLocked(place.folder, place.vault)
        return try {
            Home.open(place.folder, place.vault)
        } catch (error: CommonGroundException.Vault) {
            if (error.trouble !in SAID_BY_UNLOCKING) throw error
            Home.openLocked(place.folder, place.vault)
        }
    }

    private suspend fun needsPerson(vault: KeyVault): Boolean = withContext(Dispatchers.IO) {
        try {
            vault is KeystoreKeyVault && vault.binding() == KeyBinding.PERSON
        } catch (_: CommonGroundException.Vault) {
            // Opening says it again.
            false
        }
    }

    /** What is the matter with the journal's key alone: the plan opens, and unlocking says the rest. */
    private val SAID_BY_UNLOCKING = setOf(VaultTrouble.NEEDS_PERSON, VaultTrouble.KEY_GONE, VaultTrouble.DAMAGED)
}

/** One home, by how many it is held, and its link while somebody is online. */
internal class SharedHome(val home: Home) {
    var holders = 0
    var screens = 0
    private val mutex = Mutex()
    private var link: Link? = null
    private var users = 0

    /** Whether the app has closed the home itself, though it is held. */
    suspend fun isClosed(): Boolean = try {
        home.ask { }
        false
    } catch (_: CommonGroundException.Closed) {
        true
    }

    suspend fun lock() = try {
        home.ask { lock() }
    } catch (_: CommonGroundException.Closed) {
        // As locked as can be.
    }

    suspend fun <T> online(reach: Reach, block: suspend (Link) -> T): T {
        val link = mutex.withLock {
            (link ?: home.goOnline(reach).also { link = it }).also { users++ }
        }
        try {
            return block(link)
        } finally {
            withContext(NonCancellable) {
                mutex.withLock {
                    if (--users == 0) {
                        this@SharedHome.link = null
                        home.goOffline()
                    }
                }
            }
        }
    }
}

/** A hold on a home. [release] it when the screen, or the work, is done. */
public class HeldHome internal constructor(
    internal val place: ProfilePlace,
    internal val shared: SharedHome,
    internal val forScreens: Boolean,
) {
    private val released = AtomicBoolean()

    /** The home. It is closed at some time after [release]: do not keep it. */
    public val home: Home get() = shared.home

    /**
     * Runs [block] while this device is online. Several may at once, a screen and the work in the background: they share
     * one link, which says goodbye when the last block has ended. Throws what [Home.goOnline] does.
     */
    public suspend fun <T> online(block: suspend (Link) -> T): T = shared.online(place.reach, block)

    /** Lets go. The home is shut when nobody holds it any more. Letting go twice does no harm. */
    public suspend fun release() {
        if (released.compareAndSet(false, true)) Homes.letGo(this)
    }
}
