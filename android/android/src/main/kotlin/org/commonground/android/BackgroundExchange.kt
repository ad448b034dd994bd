package org.commonground.android

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.Data
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequestBuilder
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkRequest
import androidx.work.WorkerParameters
import androidx.work.workDataOf
import java.time.Duration
import java.util.concurrent.TimeUnit.MILLISECONDS
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import org.commonground.core.CommonGroundException
import org.commonground.core.Link
import org.commonground.core.Relationship

/**
 * Exchanges with paired devices while no screen is open, through WorkManager. Only the shared file is worked on: the
 * journal stays locked. Both devices have to be online for it, so it is a help, not a promise.
 *
 * The app's `Application` has to be a [HasProfile].
 */
public object BackgroundExchange {
    /** The shortest time between two runs that Android grants. */
    public val SHORTEST: Duration = Duration.ofMinutes(15)

    private const val REGULARLY = "org.commonground.exchange.regularly"
    private const val SOON = "org.commonground.exchange.soon"

    /** Exchanges about every so often, from now on and after each start of the phone, whenever there is a network. */
    public fun regularly(context: Context, every: Duration = Duration.ofHours(1)) {
        val work = PeriodicWorkRequestBuilder<ExchangeWorker>(maxOf(every, SHORTEST)).withNetwork().build()
        WorkManager.getInstance(context)
            .enqueueUniquePeriodicWork(REGULARLY, ExistingPeriodicWorkPolicy.UPDATE, work)
    }

    /**
     * Exchanges once, as soon as there is a network; tries again a few times, ever more seldom, while something waits to
     * go. For when the app is left with something that the other has not got.
     */
    public fun soon(context: Context) {
        val work = OneTimeWorkRequestBuilder<ExchangeWorker>()
            .setInputData(workDataOf(ExchangeWorker.UNTIL_GONE to true))
            .withNetwork()
            .build()
        WorkManager.getInstance(context).enqueueUniqueWork(SOON, ExistingWorkPolicy.REPLACE, work)
    }

    /** No more exchanges in the background. One that is under way ends. */
    public fun never(context: Context) {
        WorkManager.getInstance(context).cancelUniqueWork(REGULARLY)
        WorkManager.getInstance(context).cancelUniqueWork(SOON)
    }

    private fun <W : WorkRequest, B : WorkRequest.Builder<B, W>> B.withNetwork(): B = this
        .setConstraints(Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build())
        .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, WorkRequest.DEFAULT_BACKOFF_DELAY_MILLIS, MILLISECONDS)
}

/** One run of [BackgroundExchange]. Its result says how it went, in numbers: [MET] and [AWAY]. */
public class ExchangeWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val place = (applicationContext as? HasProfile)?.profilePlace ?: return Result.failure()
        val held = try {
            Homes.holdInBackground(place)
        } catch (_: CommonGroundException.NoProfile) {
            return Result.success(report(met = 0, away = 0))
        } catch (error: CommonGroundException) {
            return after(error)
        }
        try {
            return exchange(held)
        } catch (error: CommonGroundException) {
            return after(error)
        } finally {
            held.release()
        }
    }

    /** What may pass is tried again, some times. What stays wrong is for a screen to say, which asks for itself. */
    private fun after(error: CommonGroundException): Result = when {
        error.mayPass() && runAttemptCount < TRIES -> Result.retry()
        inputData.getBoolean(UNTIL_GONE, false) -> Result.failure()
        // The next regular run looks again.
        else -> Result.success(report(met = 0, away = 0))
    }

    private fun CommonGroundException.mayPass() = when (this) {
        is CommonGroundException.InUse, is CommonGroundException.File -> true
        // An app's own vault says nothing that could be known here.
        is CommonGroundException.Vault -> trouble == null || trouble == VaultTrouble.UNAVAILABLE
        else -> false
    }

    private suspend fun exchange(held: HeldHome): Result {
        val people = held.home.ask { relationships() }.filter { it.pausedAt == null && it.ended == null }
        if (people.isEmpty()) return Result.success(report(met = 0, away = 0))
        val met = held.online { link -> people.met(link, held) }.count { it }
        val report = report(met, away = people.size - met)
        val waits = held.home.ask { relationships() }.any { it.pausedAt == null && it.ended == null && it.waitingToGo > 0u }
        val again = waits && inputData.getBoolean(UNTIL_GONE, false) && runAttemptCount < TRIES
        return if (again) Result.retry() else Result.success(report)
    }

    /** Whether each was met; on the same Wi-Fi many phones hear each other only while asked to. */
    private suspend fun List<Relationship>.met(link: Link, held: HeldHome): List<Boolean> =
        if (held.home.ask { meetsSomebodyNearby() }) withMulticast(applicationContext) { met(link) } else met(link)

    /** All are called at once: nobody waits for somebody who is away. */
    private suspend fun List<Relationship>.met(link: Link): List<Boolean> = coroutineScope {
        map { relationship ->
            async {
                try {
                    link.exchange(relationship.id, PATIENCE_SECONDS).inStep
                } catch (_: CommonGroundException) {
                    // Away, or not to be exchanged with now; the screen says why (`meeting`).
                    false
                }
            }
        }.awaitAll()
    }

    private fun report(met: Int, away: Int): Data = workDataOf(MET to met, AWAY to away)

    public companion object {
        /** How many people's devices were met and are level now. */
        public const val MET: String = "met"

        /** How many were not. */
        public const val AWAY: String = "away"

        internal const val UNTIL_GONE = "until_gone"
        private const val TRIES = 5
        private const val PATIENCE_SECONDS: UInt = 30u
    }
}
