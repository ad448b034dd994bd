package org.commonground.android

import android.os.Looper
import androidx.biometric.BiometricPrompt
import androidx.fragment.app.FragmentActivity
import java.time.Duration
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock

@RunWith(RobolectricTestRunner::class)
class JournalLockTest {
    @Test
    fun `the journal locks when the app is left, stays open while it is in front, and the lock ends with the home`() =
        runBlocking {
            val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
            val inFront = MutableStateFlow(true)
            val locking = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { mara.home.lockByItself(inFront) }
            assertFalse(mara.home.ask { isLocked() })

            inFront.value = false
            soon { while (!mara.home.ask { isLocked() }) delay(5) }

            inFront.value = true
            mara.home.ask { unlock() }
            assertFalse(mara.home.ask { isLocked() })

            mara.release()
            inFront.value = false
            soon { locking.join() }
        }

    @Test
    fun `where the phone slept while the grace ran out, the journal locks when the app is back`() = runBlocking {
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        val order = Channel<String>(Channel.UNLIMITED)
        val sleepy = flow {
            emit(true)
            emit(false)
            ShadowSystemClock.advanceBy(Duration.ofHours(2))
            emit(true)
            awaitCancellation()
        }
        val locking = launch(Dispatchers.Default) {
            mara.home.lockByItself(sleepy, graceWhenLeft = Duration.ofHours(1)) {
                order.send(if (mara.home.ask { isLocked() }) "locked" else "still open")
            }
        }
        assertEquals("told first, while a draft can be saved", "still open", soon { order.receive() })
        soon { while (!mara.home.ask { isLocked() }) delay(5) }
        locking.cancel()
        locking.join()
        mara.release()
    }

    @Test
    fun `an app that was left before it was in front locks after some seconds, whatever the listener does`() = runBlocking {
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        val locking = async(Dispatchers.Main + SupervisorJob()) {
            mara.home.lockByItself(MutableStateFlow(false)) { error("no draft could be saved") }
        }
        val mainThread = shadowOf(Looper.getMainLooper())
        mainThread.idle()
        assertFalse("it may be on its way", mara.home.ask { isLocked() })
        soon {
            while (!mara.home.ask { isLocked() }) {
                mainThread.idleFor(Duration.ofSeconds(1))
                delay(5)
            }
        }
        locking.cancel()
        mara.release()
    }

    @Test
    fun `an activity that was left already is shown no prompt, and nobody waits for one`() = runBlocking {
        val left = Robolectric.buildActivity(FragmentActivity::class.java).setup().pause().stop()
        val prompt = JournalPrompt("Is it you?", "Not now")
        assertEquals(JournalPrompt.Outcome.NotNow, soon { prompt.prove(left.get()) })
    }

    @Test
    fun `a prompt that was closed is no failure, and too many tries or no screen lock are said`() {
        fun outcome(code: Int) = JournalPrompt.outcomeOf(code)
        assertEquals(JournalPrompt.Outcome.NotNow, outcome(BiometricPrompt.ERROR_USER_CANCELED))
        assertEquals(JournalPrompt.Outcome.NotNow, outcome(BiometricPrompt.ERROR_NEGATIVE_BUTTON))
        assertEquals(JournalPrompt.Outcome.NotNow, outcome(BiometricPrompt.ERROR_TIMEOUT))
        assertEquals(JournalPrompt.Outcome.TooManyTries, outcome(BiometricPrompt.ERROR_LOCKOUT))
        assertEquals(
            JournalPrompt.Outcome.Failed(VaultTrouble.NO_SCREEN_LOCK),
            outcome(BiometricPrompt.ERROR_NO_DEVICE_CREDENTIAL),
        )
    }
}
