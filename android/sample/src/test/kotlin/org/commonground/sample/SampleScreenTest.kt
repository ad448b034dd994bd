package org.commonground.sample

import android.telephony.TelephonyManager
import androidx.annotation.StringRes
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ComposeTimeoutException
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextClearance
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.printToString
import androidx.test.core.app.ApplicationProvider
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.Confirmation
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.termsVersion
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.ExternalResource
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(qualifiers = "en-rUS-w411dp-h891dp")
class SampleScreenTest {
    private val app: StoryApp get() = ApplicationProvider.getApplicationContext()

    @get:Rule(order = 0)
    val phone = object : ExternalResource() {
        override fun before() = Phone.begin()

        override fun after() {
            Phone.folder.deleteRecursively()
        }
    }

    @get:Rule(order = 1)
    val screen = createAndroidComposeRule<MainActivity>()

    private val elsewhere = CoroutineScope(Dispatchers.Default)
    private val doctor by lazy {
        runBlocking {
            Home.create(File(Phone.folder, "doctor"), MemoryVault(), NewProfile(Role.THERAPIST, "Dr. Okafor"))
        }
    }

    @After
    fun end() = elsewhere.cancel()

    private fun words(@StringRes id: Int, vararg of: Any) = app.getString(id, *of)

    private fun waitFor(text: String) = try {
        screen.waitUntil(PATIENCE_MS) { screen.onAllNodesWithText(text).fetchSemanticsNodes().isNotEmpty() }
    } catch (late: ComposeTimeoutException) {
        throw AssertionError("'$text' did not come; there is\n" + screen.onRoot().printToString(), late)
    }

    private fun waitForNo(text: String) =
        screen.waitUntil(PATIENCE_MS) { screen.onAllNodesWithText(text).fetchSemanticsNodes().isEmpty() }

    private fun tap(@StringRes id: Int) {
        waitFor(words(id))
        screen.onNodeWithText(words(id)).performClick()
    }

    private fun textOf(tag: String): String {
        screen.waitUntil(PATIENCE_MS) { screen.onAllNodes(hasTestTag(tag)).fetchSemanticsNodes().isNotEmpty() }
        val node = screen.onNodeWithTag(tag).fetchSemanticsNode()
        return node.config[SemanticsProperties.Text].joinToString("") { it.text }
    }

    private fun begin() {
        waitFor(words(R.string.welcome))
        screen.onNode(hasText(words(R.string.welcome_name))).performTextInput("Mara")
        tap(R.string.i_am_client)
        waitFor(words(R.string.nothing_written))
    }

    @Test
    fun `an entry is written, found, hidden by locking and there again after`() {
        begin()
        screen.onNodeWithTag("write").performTextInput("Walked along the river 🌊")
        tap(R.string.keep)
        waitFor("Walked along the river 🌊")

        screen.onNodeWithTag("search").performTextInput("zebra")
        waitFor(words(R.string.nothing_found))
        screen.onNodeWithTag("search").performTextClearance()
        screen.onNodeWithTag("search").performTextInput("river")
        waitFor("Walked along the river 🌊")

        tap(R.string.lock)
        waitFor(words(R.string.locked))
        waitForNo("Walked along the river 🌊")
        tap(R.string.unlock)
        waitFor("Walked along the river 🌊")

        Phone.inFront.value = false
        waitFor(words(R.string.locked))
    }

    @Test
    fun `help is one step away, before there is a profile, in it and while it is locked`() {
        waitFor(words(R.string.welcome))
        for (step in listOf({ }, { begin() }, { tap(R.string.lock) })) {
            step()
            tap(R.string.help)
            waitFor(words(R.string.help_not_medical))
            waitFor(words(R.string.help_danger))
            waitFor(words(R.string.help_all, "911"))
            tap(R.string.back)
            waitForNo(words(R.string.help_not_medical))
        }
    }

    @Test
    fun `what is being written outlasts another tab and the lock, and is an entry when it is kept`() {
        begin()
        screen.onNodeWithTag("write").performTextInput("And then I")
        tap(R.string.plan)
        tap(R.string.journal)
        screen.onNodeWithTag("write").assert(hasText("And then I"))

        Phone.inFront.value = false
        waitFor(words(R.string.locked))
        Phone.inFront.value = true
        tap(R.string.unlock)
        waitFor("And then I")

        tap(R.string.keep)
        waitForNo(words(R.string.nothing_written))
        waitFor("And then I")
    }

    @Test
    fun `the numbers to call are those of where the phone is, whatever language it speaks`() {
        shadowOf(app.getSystemService(TelephonyManager::class.java)).setNetworkCountryIso("de")
        tap(R.string.help)
        waitFor(words(R.string.help_all, "112"))
    }

    @Test
    fun `two people pair, a goal is proposed on this screen, and both agree`() {
        begin()
        tap(R.string.together)
        tap(R.string.pair_show)
        val ticket = textOf("shown-ticket")
        val paired = elsewhere.async {
            val pairing = doctor.goOnline(Reach.THIS_MACHINE).redeem(ticket)
            val code = pairing.code()
            code.words to elsewhere.async { pairing.confirm(Confirmation.Compared(termsVersion())).id }
        }
        val shown = textOf("words")
        val (heard, confirmed) = runBlocking { paired.await() }
        assertEquals(heard.joinToString(" "), shown)
        screen.onNodeWithText(words(R.string.pair_same)).performScrollTo()
        tap(R.string.pair_same)
        waitFor(words(R.string.with, "Dr. Okafor"))
        val relationship = runBlocking { confirmed.await() }

        tap(R.string.plan)
        screen.waitUntil(PATIENCE_MS) { screen.onAllNodes(hasTestTag("goal")).fetchSemanticsNodes().isNotEmpty() }
        screen.onNodeWithTag("goal").performTextInput("Sleep through")
        tap(R.string.propose)
        waitFor(words(R.string.goal_proposed))
        tap(R.string.agree)
        waitFor(words(R.string.goal_you_agreed, "Dr. Okafor"))

        doctorAgrees(relationship)
        screen.waitUntil(PATIENCE_MS) {
            screen.onAllNodes(hasText("Agreed by both on", substring = true))
                .fetchSemanticsNodes().isNotEmpty()
        }
        tap(R.string.together)
        waitFor(words(R.string.sync_in_step))
        doctor.close()
    }

    /** Dr. Okafor opens the plan as soon as the goal has come, and agrees to what it says. */
    private fun doctorAgrees(relationship: RelationshipId) {
        screen.waitUntil(PATIENCE_MS) { runBlocking { doctor.plan(relationship) { goals() }.isNotEmpty() } }
        runBlocking {
            doctor.plan(relationship) {
                val goal = goal(goals().single().id)
                agree(goal.summary.id, goal.digest)
            }
        }
    }

    @Test
    @Config(qualifiers = "de-rDE-w411dp-h891dp")
    fun `a phone that speaks German gets German words`() {
        waitFor("Wer bist du?")
        screen.onNodeWithText("Hilfe").performClick()
        waitFor(words(R.string.help_all, "112"))
    }

    private companion object {
        const val PATIENCE_MS = 10_000L
    }
}
