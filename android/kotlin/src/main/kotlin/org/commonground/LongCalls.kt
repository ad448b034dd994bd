package org.commonground

import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext
import org.commonground.core.CommonGroundException
import org.commonground.core.Progress

/**
 * Runs [block], a call of the core that takes long and needs no open [Home]: `restoreBackup`, `checkBackup`. With a
 * home at hand use [Home.long], which promises the same.
 *
 * ```
 * longCall(onProgress = { done, total -> show(done, total) }) { progress ->
 *     restoreBackup(file, secret, folder, vault, progress)
 * }
 * ```
 */
public suspend fun <T> longCall(
    dispatcher: CoroutineDispatcher = Dispatchers.IO,
    onProgress: (done: ULong, total: ULong?) -> Unit = { _, _ -> },
    block: (Progress) -> T,
): T = withContext(dispatcher) {
    val telling = Telling(coroutineContext, onProgress)
    try {
        block(telling)
    } catch (stopped: CommonGroundException.Cancelled) {
        telling.failure?.let { throw it }
        ensureActive()
        throw stopped
    }
}

/** Passes on how far a call is, and answers whether it should go on. */
private class Telling(
    private val context: CoroutineContext,
    private val onProgress: (ULong, ULong?) -> Unit,
) : Progress {
    /** What the listener threw; thrown to the core it would be lost. */
    @Volatile
    var failure: Throwable? = null
        private set

    override fun onProgress(done: ULong, total: ULong?): Boolean {
        if (failure != null || !context.isActive) return false
        try {
            onProgress.invoke(done, total)
        } catch (thrown: Throwable) {
            failure = thrown
        }
        return failure == null && context.isActive
    }
}

/** Runs [make] on [dispatcher]. Whoever is cancelled when it is made already cannot take it: it is undone. */
internal suspend fun <T : Any> makeOrUndo(
    dispatcher: CoroutineDispatcher,
    undo: suspend (T) -> Unit,
    make: suspend () -> T,
): T {
    val made = AtomicReference<T?>()
    try {
        return withContext(dispatcher) { make().also(made::set) }
    } catch (cancelled: CancellationException) {
        withContext(NonCancellable + dispatcher) { made.get()?.let { undo(it) } }
        throw cancelled
    }
}
