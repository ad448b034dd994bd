package org.commonground.android

import android.content.Context
import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import android.net.NetworkCapabilities
import android.net.wifi.WifiManager
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleEventObserver
import androidx.lifecycle.ProcessLifecycleOwner
import java.time.Duration
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.commonground.Home
import org.commonground.core.Change
import org.commonground.core.CommonGround
import org.commonground.core.WayOfMeeting

/**
 * Keeps this device online until the coroutine is cancelled, as a phone should be: it says goodbye when the app is left
 * and calls again when it is back, looks anew when the network changes, and listens on the local network only while
 * somebody is met there and the app is in front.
 *
 * ```
 * scope.launch { held.stayOnline(context) }
 * ```
 *
 * Suspends without blocking. Throws what [Home.goOnline] does.
 */
public suspend fun HeldHome.stayOnline(
    context: Context,
    inFront: Flow<Boolean> = appInFront(),
): Nothing = online { link ->
    coroutineScope {
        launch { networkChanges(context).conflate().collect { link.networkChanged() } }
        launch {
            var first = true
            inFront.distinctUntilChanged().collectLatest { front ->
                // At its start the app is not there yet; if it is not soon, it was left meanwhile.
                if (first && !front) delay(TIME_TO_COME.toMillis())
                first = false
                withContext(NonCancellable) { if (front) link.toForeground() else link.toBackground() }
            }
        }
        launch {
            combine(home.meetsNearby(), inFront) { nearby, front -> nearby && front }
                .distinctUntilChanged()
                .collectLatest { if (it) withMulticast(context) { awaitCancellation() } }
        }
        awaitCancellation()
    }
}

/** Whether the app is in front, now and from now on. Collected on the main thread, which it does not block. */
public fun appInFront(lifecycle: Lifecycle = ProcessLifecycleOwner.get().lifecycle): Flow<Boolean> = callbackFlow {
    val observer = LifecycleEventObserver { _, _ ->
        trySend(lifecycle.currentState.isAtLeast(Lifecycle.State.STARTED))
    }
    // Told at once of what has been so far, too; before that the state is as it was.
    trySend(lifecycle.currentState.isAtLeast(Lifecycle.State.STARTED))
    lifecycle.addObserver(observer)
    awaitClose { lifecycle.removeObserver(observer) }
}.distinctUntilChanged().flowOn(Dispatchers.Main.immediate)

/**
 * Says each time when the default network is another one, or is another than it was; also at the beginning, of the one
 * that is there then.
 */
public fun networkChanges(context: Context): Flow<Unit> {
    val networks = context.getSystemService(ConnectivityManager::class.java)
    return callbackFlow {
        val callback = object : ConnectivityManager.NetworkCallback() {
            override fun onAvailable(network: Network) = tell()

            override fun onLost(network: Network) = tell()

            override fun onLinkPropertiesChanged(network: Network, linkProperties: LinkProperties) = tell()

            // Signal strength and the like come this way too, many times a minute: of no interest here.
            override fun onCapabilitiesChanged(network: Network, networkCapabilities: NetworkCapabilities) = Unit

            private fun tell() {
                trySend(Unit)
            }
        }
        networks.registerDefaultNetworkCallback(callback)
        awaitClose { networks.unregisterNetworkCallback(callback) }
    }
}

/** Whether somebody is met on the same network, now and from now on. */
internal fun Home.meetsNearby(): Flow<Boolean> = live({ it is Change.Relationship }) {
    meetsSomebodyNearby()
}.distinctUntilChanged()

/** Whether somebody is met on the same network now. */
internal fun CommonGround.meetsSomebodyNearby(): Boolean = relationships()
    .filter { it.pausedAt == null && it.ended == null }
    .any { WayOfMeeting.SameNetwork in waysOfMeeting(it.id).inUse }

/** For how long an app that was not in front yet may still be on its way there. */
internal val TIME_TO_COME: Duration = Duration.ofSeconds(5)

/** Lets packets to everybody on the Wi-Fi through to this app while [block] runs; without, many phones drop them. */
internal suspend fun <T> withMulticast(context: Context, block: suspend () -> T): T {
    val wifi = context.applicationContext.getSystemService(WifiManager::class.java)
    val lock = wifi.createMulticastLock("org.commonground.nearby").apply { setReferenceCounted(false) }
    lock.acquire()
    try {
        return block()
    } finally {
        lock.release()
    }
}
