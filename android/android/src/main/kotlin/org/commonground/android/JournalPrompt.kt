package org.commonground.android

import android.content.Context
import android.os.Build
import androidx.biometric.BiometricManager
import androidx.biometric.BiometricManager.Authenticators.BIOMETRIC_STRONG
import androidx.biometric.BiometricManager.Authenticators.BIOMETRIC_WEAK
import androidx.biometric.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import androidx.biometric.BiometricPrompt
import androidx.core.content.ContextCompat
import androidx.fragment.app.FragmentActivity
import kotlin.coroutines.resume
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import org.commonground.Home
import org.commonground.core.CommonGroundException

/**
 * Asks the person for finger, face or screen lock, and then opens the journal.
 *
 * The words of the prompt are the app's: people read them before they have unlocked anything, so keep them neutral.
 *
 * @param title what the prompt says at its top.
 * @param useNot what the button says that closes it, on the phones that need one.
 */
public class JournalPrompt(private val title: String, private val useNot: String) {
    /** How an unlocking ended. */
    public sealed interface Outcome {
        /** The journal is open. */
        public data object Unlocked : Outcome

        /** The person closed the prompt. No error: the journal stays locked. */
        public data object NotNow : Outcome

        /** Too many tries: the phone itself has to be unlocked with its PIN, pattern or password first. */
        public data object TooManyTries : Outcome

        /** The vault could not give the key; [why] says what the person can do. */
        public data class Failed(public val why: VaultTrouble) : Outcome
    }

    /**
     * Shows the prompt where the key is bound to the person, and unlocks [home]. Call it from any thread; it suspends for
     * as long as the person takes, and a prompt that nobody waits for any more is taken away.
     *
     * Throws what `unlock` does, except for what [Outcome] says.
     */
    public suspend fun unlock(activity: FragmentActivity, home: Home, vault: KeystoreKeyVault): Outcome {
        return try {
            if (home.ask { vault.binding() } == KeyBinding.PERSON) {
                val proof = prove(activity)
                if (proof != null) return proof
            }
            home.ask { unlock() }
            Outcome.Unlocked
        } catch (error: CommonGroundException.Vault) {
            Outcome.Failed(error.trouble ?: throw error)
        }
    }

    /**
     * Shows the prompt alone, as [KeystoreKeyVault.bindToPerson] needs it. Nothing means that the person was there. Where
     * [activity] has been left already there is nobody to ask: [Outcome.NotNow].
     */
    public suspend fun prove(activity: FragmentActivity): Outcome? = withContext<Outcome?>(Dispatchers.Main.immediate) {
        // The prompt would not be shown then, and nobody would be told.
        if (activity.supportFragmentManager.isStateSaved) return@withContext Outcome.NotNow
        suspendCancellableCoroutine { waiting ->
            val mainThread = ContextCompat.getMainExecutor(activity)
            val prompt = BiometricPrompt(
                activity,
                mainThread,
                object : BiometricPrompt.AuthenticationCallback() {
                    override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) =
                        waiting.resume(null)

                    // A wrong finger is no end: the prompt stays and says so itself (onAuthenticationFailed).
                    override fun onAuthenticationError(errorCode: Int, errString: CharSequence) =
                        waiting.resume(outcomeOf(errorCode))
                },
            )
            // Whoever cancels may be on any thread; the prompt is a fragment.
            waiting.invokeOnCancellation { mainThread.execute(prompt::cancelAuthentication) }
            prompt.authenticate(words(activity))
        }
    }

    private fun words(context: Context): BiometricPrompt.PromptInfo {
        val allowed = allowed(context)
        val words = BiometricPrompt.PromptInfo.Builder().setTitle(title).setAllowedAuthenticators(allowed)
        if (allowed and DEVICE_CREDENTIAL == 0) words.setNegativeButtonText(useNot)
        return words.build()
    }

    internal companion object {
        /**
         * What opens the key. Before Android 11 the strong kinds cannot be asked for together with the screen lock; there
         * it is the finger alone where one is set up, and else whatever the phone unlocks with. That may be a weak face
         * there, which does not open the key: unlocking then says [VaultTrouble.NEEDS_PERSON], and the person takes the
         * PIN, pattern or password instead.
         */
        fun allowed(context: Context): Int = when {
            Build.VERSION.SDK_INT >= Build.VERSION_CODES.R -> BIOMETRIC_STRONG or DEVICE_CREDENTIAL
            BiometricManager.from(context).canAuthenticate(BIOMETRIC_STRONG) == BiometricManager.BIOMETRIC_SUCCESS ->
                BIOMETRIC_STRONG
            else -> BIOMETRIC_WEAK or DEVICE_CREDENTIAL
        }

        fun outcomeOf(errorCode: Int): Outcome = when (errorCode) {
            BiometricPrompt.ERROR_LOCKOUT, BiometricPrompt.ERROR_LOCKOUT_PERMANENT -> Outcome.TooManyTries
            BiometricPrompt.ERROR_NO_DEVICE_CREDENTIAL, BiometricPrompt.ERROR_NO_BIOMETRICS ->
                Outcome.Failed(VaultTrouble.NO_SCREEN_LOCK)
            BiometricPrompt.ERROR_HW_NOT_PRESENT, BiometricPrompt.ERROR_HW_UNAVAILABLE ->
                Outcome.Failed(VaultTrouble.UNAVAILABLE)
            else -> Outcome.NotNow
        }
    }
}
