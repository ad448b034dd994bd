package org.commonground.android

import androidx.work.Configuration
import androidx.work.ListenableWorker
import androidx.work.NetworkType
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.testing.SynchronousExecutor
import androidx.work.testing.TestListenableWorkerBuilder
import androidx.work.testing.WorkManagerTestInitHelper
import androidx.work.workDataOf
import java.io.File
import java.time.Duration
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.BackupKey
import org.commonground.core.BackupSecret
import org.commonground.core.CommonGroundException
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.restoreBackup
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Mara's phone is the one of these tests; her therapist's home is open in the same process. */
@RunWith(RobolectricTestRunner::class)
class BackgroundExchangeTest {
    private val keystore = FakeAndroidKeyStore().install()
    private val doctor = runBlocking {
        Home.create(File(app.filesDir, "doctor"), MemoryVault(), NewProfile(Role.THERAPIST, "Dr. Okafor"))
    }

    @After
    fun end() {
        doctor.close()
        keystore.remove()
    }

    /** Mara makes her profile, pairs, proposes a goal, and puts the phone away. */
    private suspend fun maraProposes(title: String): RelationshipId {
        val mara = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
        val doctorsLink = doctor.goOnline(Reach.THIS_MACHINE)
        val relationship = mara.online { link -> pair(link, doctorsLink) }
        mara.home.plan(relationship) { proposeGoal(NewGoal(title)) }
        mara.release()
        return relationship
    }

    private suspend fun work(attempt: Int = 0, untilGone: Boolean = false): ListenableWorker.Result =
        TestListenableWorkerBuilder<ExchangeWorker>(app)
            .setRunAttemptCount(attempt)
            .setInputData(workDataOf(ExchangeWorker.UNTIL_GONE to untilGone))
            .build()
            .doWork()

    private fun report(met: Int, away: Int) =
        ListenableWorker.Result.success(workDataOf(ExchangeWorker.MET to met, ExchangeWorker.AWAY to away))

    @Test
    fun `with no screen open, what Mara proposed reaches the other device, and the folder is free after`() = runBlocking {
        soon {
            val relationship = maraProposes("Sleep through")
            assertTrue(doctor.plan(relationship) { goals() }.isEmpty())

            assertEquals(report(met = 1, away = 0), work())

            assertEquals(listOf("Sleep through"), doctor.plan(relationship) { goals() }.map { it.title })
            Home.open(app.profilePlace.folder, app.profilePlace.vault).shut()
        }
    }

    @Test
    fun `while a screen has the home open, the work uses the same one and leaves the journal as it is`() = runBlocking {
        soon {
            val relationship = maraProposes("Speak up")
            val screen = Homes.hold(app.profilePlace)
            assertEquals(report(met = 1, away = 0), work())
            assertFalse(screen.home.ask { isLocked() })
            assertEquals(1, doctor.plan(relationship) { goals() }.size)
            screen.release()
        }
    }

    @Test
    fun `what only the work holds is locked, whether it opened the home or a screen left it behind`() = runBlocking {
        soon {
            Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara")).release()
            val work = Homes.holdInBackground(app.profilePlace)
            assertTrue(work.home.ask { isLocked() })

            val screen = Homes.hold(app.profilePlace)
            screen.home.ask { unlock() }
            screen.release()
            screen.release()
            assertTrue("the screen is gone, the work goes on", work.home.ask { isLocked() })
            work.release()
            val closed = runCatching { work.home.ask { isLocked() } }.exceptionOrNull()
            assertTrue(closed is CommonGroundException.Closed)
        }
    }

    @Test
    fun `who is paused is not called, and who is away is no failure`() = runBlocking {
        soon {
            val relationship = maraProposes("Sleep through")
            val screen = Homes.hold(app.profilePlace)
            screen.home.ask { pause(relationship) }
            assertEquals(report(met = 0, away = 0), work())
            screen.home.ask { resume(relationship) }
            screen.release()
            assertTrue(doctor.plan(relationship) { goals() }.isEmpty())
        }
    }

    @Test
    fun `while the journal's key needs its owner the plan catches up, and the screen opens locked`() = runBlocking {
        soon {
            val vault = KeystoreKeyVault(app).also { app.vault = it }
            val relationship = maraProposes("Sleep through")
            keystore.personIsThere = true
            vault.bindToPerson()
            keystore.personIsThere = false
            assertEquals(report(met = 1, away = 0), work())
            assertEquals(1, doctor.plan(relationship) { goals() }.size)

            val screen = Homes.hold(app.profilePlace)
            assertTrue(screen.home.ask { isLocked() })
            keystore.personIsThere = true
            screen.home.ask { unlock() }
            assertEquals(1, screen.home.plan(relationship) { goals() }.size)
            screen.release()
        }
    }

    @Test
    fun `a Keystore that does not answer is tried again later`() = runBlocking {
        soon {
            app.vault = KeystoreKeyVault(app)
            Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara")).release()
            val silent = object : KeyVault by MemoryVault() {
                override fun load(name: KeyName): ByteArray = throw VaultTrouble.UNAVAILABLE.error()
            }
            val vault = app.vault
            app.vault = silent
            assertEquals(ListenableWorker.Result.retry(), work())
            assertEquals("not for ever", ListenableWorker.Result.failure(), work(attempt = 5, untilGone = true))

            app.vault = vault
            keystore.kept.keys.removeIf { KeyName.SHARED.name.lowercase() in it }
            assertEquals("gone is gone", ListenableWorker.Result.failure(), work(untilGone = true))
            assertEquals("the next regular run looks again", report(met = 0, away = 0), work())
        }
    }

    @Test
    fun `a journal that is bound to its owner opens locked, however short ago somebody proved to be them`() = runBlocking {
        soon {
            val vault = KeystoreKeyVault(app).also { app.vault = it }
            Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara")).release()
            keystore.personIsThere = true
            vault.bindToPerson()
            val screen = Homes.hold(app.profilePlace)
            assertTrue(screen.home.ask { isLocked() })
            screen.home.ask { unlock() }
            screen.release()
        }
    }

    @Test
    fun `a destroyed key is said by unlocking, and a backup brings back all that was written, also since`() = runBlocking {
        soon {
            val vault = KeystoreKeyVault(app).also { app.vault = it }
            val place = app.profilePlace
            val before = Homes.create(place, NewProfile(Role.CLIENT, "Mara"))
            val backup = File(app.filesDir, "backup").path
            before.home.journal { add(NewEntry("Before the backup.")) }
            before.home.ask { makeBackup(backup, BackupKey.Passphrase("river stone lamp")) }
            before.home.journal { add(NewEntry("After it.")) }
            before.release()
            keystore.personIsThere = true
            vault.bindToPerson()
            keystore.removeScreenLock()

            val held = Homes.hold(place)
            val refused = runCatching { held.home.ask { unlock() } }.exceptionOrNull() as CommonGroundException.Vault
            assertEquals(VaultTrouble.KEY_GONE, refused.trouble)

            val secret = BackupSecret.Passphrase("river stone lamp")
            val beside = File(app.filesDir, "beside")
            assertThrows(CommonGroundException.Vault::class.java) { restoreBackup(backup, secret, beside.path, vault) }
            vault.forget(KeyName.PRIVATE)
            restoreBackup(backup, secret, beside.path, vault)
            beside.deleteRecursively()
            held.home.ask { unlock() }
            assertEquals(2, held.home.journal { entries(limit = 10u) }.entries.size)
            assertEquals("to be bound anew", KeyBinding.DEVICE, vault.binding())
            held.release()
        }
    }

    @Test
    fun `a home that the app closed itself harms no other holder, and the next one gets it anew`() = runBlocking {
        soon {
            val screen = Homes.create(app.profilePlace, NewProfile(Role.CLIENT, "Mara"))
            val work = Homes.holdInBackground(app.profilePlace)
            screen.home.shut()
            val next = Homes.hold(app.profilePlace)
            screen.release()
            work.release()
            assertFalse(next.home.ask { isLocked() })
            next.release()
            Home.open(app.profilePlace.folder, app.profilePlace.vault).shut()
        }
    }

    @Test
    fun `before there is a profile there is nothing to do`() = runBlocking {
        assertEquals(report(met = 0, away = 0), work())
    }

    @Test
    fun `it runs when there is a network, every hour or as often as Android allows, and once when asked`() {
        val configuration = Configuration.Builder().setExecutor(SynchronousExecutor()).build()
        WorkManagerTestInitHelper.initializeTestWorkManager(app, configuration)
        val manager = WorkManager.getInstance(app)
        fun waiting() = manager.getWorkInfosByTag(ExchangeWorker::class.java.name).get()
            .filter { it.state == WorkInfo.State.ENQUEUED }

        BackgroundExchange.regularly(app)
        BackgroundExchange.regularly(app, every = Duration.ofMinutes(1))
        val regular = waiting().single()
        assertEquals(TimeUnit.MINUTES.toMillis(15), regular.periodicityInfo?.repeatIntervalMillis)
        assertEquals(NetworkType.CONNECTED, regular.constraints.requiredNetworkType)

        BackgroundExchange.soon(app)
        BackgroundExchange.soon(app)
        assertEquals(2, waiting().size)
        BackgroundExchange.never(app)
        assertTrue(waiting().isEmpty())
    }
}
