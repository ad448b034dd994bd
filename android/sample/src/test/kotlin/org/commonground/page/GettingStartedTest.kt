package org.commonground.page

import android.os.Looper
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.lifecycle.ViewModelProvider
import androidx.test.core.app.ApplicationProvider
import java.io.File
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.commonground.Home
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.Role
import org.commonground.core.Standing
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion
import org.commonground.sample.MemoryVault
import org.commonground.sample.Phone
import org.commonground.sample.StoryApp
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** The program of docs/how-to/android.md, done as the page says. */
@RunWith(RobolectricTestRunner::class)
class GettingStartedTest {
    private val elsewhere = CoroutineScope(Dispatchers.Default)
    private val ticket = Channel<String>(1)
    private val words = Channel<List<String>>(1)

    @Before
    fun begin() = Phone.begin()

    @After
    fun end() {
        elsewhere.cancel()
        Phone.folder.deleteRecursively()
    }

    @Test
    fun `what the page shows is what is compiled here`() {
        val page = repository().resolve("docs/how-to/android.md").readText()
        val shown = page.substringAfter("```kotlin\n// Diary.kt\n").substringBefore("\n```")
        val compiled = repository().resolve("android/sample/src/test/kotlin/org/commonground/page/Diary.kt").readText()
        assertTrue("the page holds a program", shown.length > 1_000)
        assertEquals(compiled.trimEnd(), shown.trimEnd())
    }

    @Test
    fun `the program writes and finds, pairs, proposes and agrees`() {
        val diary = Diary(ApplicationProvider.getApplicationContext<StoryApp>())
        elsewhere.async { diary.open("Mara") }
        onMainThread { diary.locked.first { !it } }
        diary.text = "Walked along the river."
        onMainThread { diary.keep().join() }
        val written = onMainThread { diary.entries.first { it.isNotEmpty() } }
        assertEquals("Walked along the river.", written.single().opening)
        assertEquals(1, onMainThread { diary.search("river") }.size)

        val doctor = runBlocking {
            Home.create(File(Phone.folder, "doctor"), MemoryVault(), NewProfile(Role.THERAPIST, "Dr. Okafor"))
        }
        val theirs = elsewhere.async {
            val pairing = doctor.goOnline(Reach.THIS_MACHINE).offerPairing(WayOfMeeting.SameNetwork)
            ticket.send(checkNotNull(pairing.ticket()).text)
            words.send(pairing.code().words)
            pairing.confirm(Confirmation.Compared(termsVersion())).id
        }
        onMainThread { diary.pairWith(ticket.receive()) { it == words.receive() } }
        val relationship = onMainThread { theirs.await() }

        val goal = onMainThread { diary.propose(relationship, "Sleep through") }
        val agreed = onMainThread { diary.agree(relationship, goal) }
        assertEquals(1, agreed.agreedBy.size)
        onMainThread { while (doctor.plan(relationship) { goals() }.isEmpty()) delay(5) }
        onMainThread { doctor.plan(relationship) { agree(goal.summary.id, goal(goal.summary.id).digest) } }
        val sealed = onMainThread { diary.goals(relationship).first { it.singleOrNull()?.standing is Standing.Agreed } }
        assertEquals("Sleep through", sealed.single().title)
        doctor.close()
    }

    @Test
    fun `a phone that is turned opens nothing twice, and when the app is gone the folder is free`() {
        val screen = Robolectric.buildActivity(DiaryActivity::class.java).setup()
        assertTrue(screen.get().window.attributes.flags and FLAG_SECURE != 0)
        val diary = ViewModelProvider(screen.get())[Diary::class.java]
        onMainThread { diary.locked.first { !it } }
        screen.recreate()
        assertSame(diary, ViewModelProvider(screen.get())[Diary::class.java])
        screen.recreate()
        screen.pause().stop().destroy()
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(1))
        onMainThread {
            var free: Home? = null
            while (free == null) {
                free = try {
                    Home.open(Phone.place.folder, Phone.place.vault)
                } catch (_: CommonGroundException.InUse) {
                    null
                }
                delay(5)
            }
            free.shut()
        }
    }

    @Test
    fun `when the app is left the diary is hidden, and what was being written is there when it is unlocked`() {
        val diary = Diary(ApplicationProvider.getApplicationContext<StoryApp>())
        diary.open("Mara")
        onMainThread { diary.locked.first { !it } }
        diary.text = "Slept well."
        onMainThread { diary.keep().join() }
        diary.text = "And then I"
        // No app is in front here, and this is as long as one may take to come there.
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(6))
        onMainThread { diary.locked.first { it } }
        assertTrue(onMainThread { diary.entries.first() }.isEmpty())
        onMainThread { while (diary.text.isNotEmpty()) delay(5) }
        onMainThread { while (runCatching { diary.search("Slept") }.isSuccess) delay(5) }

        onMainThread { diary.unlock().join() }
        assertEquals("And then I", diary.text)
        assertEquals(1, onMainThread { diary.entries.first { it.isNotEmpty() } }.size)
    }

    /** Runs [block] elsewhere, and meanwhile, on this thread, what Android's main thread has to do. */
    private fun <T> onMainThread(block: suspend () -> T): T = runBlocking {
        withTimeout(60_000) {
            val answer = elsewhere.async { block() }
            while (!answer.isCompleted) {
                shadowOf(Looper.getMainLooper()).idle()
                delay(5)
            }
            answer.await()
        }
    }

    private fun repository(): File = generateSequence(File("").absoluteFile) { it.parentFile }
        .first { File(it, "docs/how-to").isDirectory }
}
