package org.commonground.android

import androidx.biometric.BiometricPrompt
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.commonground.core.NewProfile
import org.commonground.core.Role
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

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
