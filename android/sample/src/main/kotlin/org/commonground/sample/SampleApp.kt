package org.commonground.sample

import android.Manifest
import android.app.Application
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.pm.PackageManager
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.content.ContextCompat
import java.io.File
import kotlinx.coroutines.flow.Flow
import org.commonground.android.HasProfile
import org.commonground.android.KeystoreKeyVault
import org.commonground.android.ProfilePlace
import org.commonground.android.ShowsReminders
import org.commonground.android.appInFront
import org.commonground.core.KeyVault
import org.commonground.core.ReminderText

/** Where the profile lies, and what a reminder looks like: what the library asks of an app that has no screen open. */
open class SampleApp : Application(), HasProfile, ShowsReminders {
    /** The phone's Keystore; tests have another. */
    open val vault: KeyVault by lazy { KeystoreKeyVault(this) }

    /** Whether the app is in front. */
    open val inFront: Flow<Boolean> get() = appInFront()

    /** Where the profile lies on this phone. */
    override val profilePlace: ProfilePlace by lazy { ProfilePlace(File(filesDir, "profile"), vault) }

    /** Neutral words, and on a locked screen not even those: others see it too. */
    override fun showReminder(text: ReminderText) {
        val allowed = ContextCompat.checkSelfPermission(this, Manifest.permission.POST_NOTIFICATIONS)
        if (allowed != PackageManager.PERMISSION_GRANTED) return
        val manager = NotificationManagerCompat.from(this)
        val channel = NotificationChannel(CHANNEL, getString(R.string.reminders), NotificationManager.IMPORTANCE_DEFAULT)
        manager.createNotificationChannel(channel)
        val notification = NotificationCompat.Builder(this, CHANNEL)
            .setSmallIcon(android.R.drawable.ic_popup_reminder)
            .setContentTitle(getString(words(text)))
            .setVisibility(NotificationCompat.VISIBILITY_SECRET)
            .setAutoCancel(true)
            .build()
        manager.notify(text.ordinal, notification)
    }

    private fun words(text: ReminderText): Int = when (text) {
        ReminderText.TIME_FOR_A_NOTE -> R.string.reminder_note
        ReminderText.TIME_TO_LOOK_BACK -> R.string.reminder_look_back
        ReminderText.TIME_TO_GET_READY -> R.string.reminder_get_ready
        ReminderText.TIME_FOR_A_PLAN -> R.string.reminder_plan
    }

    private companion object {
        const val CHANNEL = "reminders"
    }
}
