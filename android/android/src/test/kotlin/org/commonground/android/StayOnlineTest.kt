package org.commonground.android

import android.net.ConnectivityManager
import android.net.Network
import android.net.wifi.WifiManager
import android.os.Looper
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.LifecycleRegistry
import java.io.File
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.Role
import org.commonground.core.WayOfMeeting
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class StayOnlineTest {
    private val connectivity = shadowOf(app.getSystemService(ConnectivityManager::class.java))
    private val wifi = shadowOf(app.getSystemService(WifiManager::class.java))

    /** Looks again until it is so; [soon] ends what never becomes so. */
    private suspend fun until(what: suspend () -> Boolean) = soon { while (!what()) delay(5) }

    /** The main thread, which is the one of these tests, does what it was asked to meanwhile. */
    private suspend fun Channel<Boolean>.next(): Boolean = soon {
        var next = tryReceive()
        while (next.isFailure) {
            shadowOf(Looper.getMainLooper()).idle()
            delay(5)
            next = tryReceive()
        }
        next.getOrThrow()
    }

    @Test
    fun `a new default network is told, a lost one too, and nothing after the listening has ended`() = runBlocking {
        val told = Channel<Unit>(Channel.UNLIMITED)
        val listening = launch(start = CoroutineStart.UNDISPATCHED, context = Dispatchers.Unconfined) {
            networkChanges(app).collect { told.send(Unit) }
        }
        val callback = connectivity.networkCallbacks.single()
        val network: Network = app.getSystemService(ConnectivityManager::class.java).activeNetwork!!
        callback.onAvailable(network)
        soon { told.receive() }
        callback.onLost(network)
        soon { told.receive() }
        listening.cancel()
        listening.join()
        assertTrue(connectivity.networkCallbacks.isEmpty())
        assertTrue(told.tryReceive().isFailure)
    }

    @Test
    fun `whether the app is in front is said at once and at each change`() {
        val owner = object : LifecycleOwner {
            override val lifecycle: LifecycleRegistry = LifecycleRegistry(this)
        }
        runBlocking {
            val seen = Channel<Boolean>(Channel.UNLIMITED)
            val listening = launch(Dispatchers.Default) { appInFront(owner.lifecycle).collect(seen::send) }
            assertFalse(seen.next())
            owner.lifecycle.currentState = Lifecycle.State.RESUMED
            assertTrue(seen.next())
            owner.lifecycle.currentState = Lifecycle.State.STARTED
            owner.lifecycle.currentState = Lifecycle.State.CREATED
            assertFalse(seen.next())
            listening.cancel()
        }
    }

    @Test
    fun `this device is online while asked for, listens nearby only in front and for somebody met there`() = runBlocking {
        val doctor = Home.create(File(app.filesDir, "doctor"), MemoryVault(), NewProfile(Role.THERAPIST, "Dr. Okafor"))
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        val inFront = MutableStateFlow(true)
        val staying = launch(Dispatchers.Default) { mara.stayOnline(app, inFront) }
        assertFalse("nobody to meet", wifi.isMulticastHeld())

        val doctorsLink = doctor.goOnline(Reach.THIS_MACHINE)
        val relationship = soon { mara.online { link -> pair(link, doctorsLink) } }
        until { wifi.isMulticastHeld() }

        inFront.value = false
        until { !wifi.isMulticastHeld() }
        inFront.value = true
        until { wifi.isMulticastHeld() }

        mara.home.ask { pause(relationship) }
        until { !wifi.isMulticastHeld() }
        mara.home.ask { resume(relationship) }
        until { wifi.isMulticastHeld() }
        assertTrue(WayOfMeeting.SameNetwork in mara.home.ask { waysOfMeeting(relationship) }.inUse)

        val again = runCatching { mara.home.goOnline(Reach.THIS_MACHINE) }.exceptionOrNull()
        assertTrue("online already", again is CommonGroundException.InUse)
        staying.cancel()
        staying.join()
        assertFalse(wifi.isMulticastHeld())
        mara.home.goOnline(Reach.THIS_MACHINE)
        mara.release()
        doctor.shut()
    }

    @Test
    fun `the link is shared, and goes when the last has done with it`() = runBlocking {
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        val done = CompletableDeferred<Unit>()
        val online = CompletableDeferred<Unit>()
        val screen = launch {
            mara.online {
                online.complete(Unit)
                done.await()
            }
        }
        online.await()
        mara.online { }
        assertTrue(runCatching { mara.home.goOnline(Reach.THIS_MACHINE) }.isFailure)
        done.complete(Unit)
        screen.join()
        mara.home.goOnline(Reach.THIS_MACHINE)
        mara.release()
    }
}

private fun org.robolectric.shadows.ShadowWifiManager.isMulticastHeld() = activeLockCount > 0
