package org.commonground

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption.APPEND
import java.nio.file.StandardOpenOption.CREATE
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/**
 * Two devices in two processes, which know nothing of each other but what goes over the network. One of them may be
 * written in Swift: then COMMON_GROUND_SWIFT_DEVICE is the command that starts it, which gets a folder as its argument.
 */
class AcrossLanguagesTest {
    /** Below the build, where a device in a root of its own finds its folder as well. */
    private val folder: Path = Files.createTempDirectory(Files.createDirectories(given("device.folders")), "two")
    private val devices = mutableListOf<OtherProcess>()

    @AfterEach
    fun end() {
        devices.forEach { it.close() }
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `two processes, both of Kotlin, end with the same plan`() = endWithTheSamePlan(kotlin("offers"), kotlin("redeems"))

    @Test
    fun `Kotlin offers, Swift redeems, and both end with the same plan`() =
        endWithTheSamePlan(kotlin("offers"), swift("redeems"))

    @Test
    fun `Swift offers, Kotlin redeems, and both end with the same plan`() =
        endWithTheSamePlan(swift("offers"), kotlin("redeems"))

    private fun kotlin(name: String) = device(Programs.command("org.commonground.programs.DeviceKt"), name)

    private fun swift(name: String): OtherProcess {
        val command = System.getenv(SWIFT).orEmpty().split(' ').filter(String::isNotEmpty)
        if (command.isEmpty()) {
            val why = "$SWIFT does not say how to start the other device"
            println("Not run: Kotlin and Swift with each other. $why")
            System.getenv("COMMON_GROUND_NOT_RUN")?.let {
                Files.writeString(Path.of(it), "Kotlin and Swift with each other\t$why\n", CREATE, APPEND)
            }
            assumeTrue(false, why)
        }
        return device(command, name)
    }

    private fun device(command: List<String>, name: String) =
        OtherProcess(command, folder.resolve(name)).also { devices += it }

    private fun endWithTheSamePlan(therapist: OtherProcess, client: OtherProcess) {
        assertEquals("ok", therapist.ask("create therapist Dr. Okafor"))
        assertEquals("ok", client.ask("create client Mara 🌱"))
        pair(therapist, client)

        val sleep = therapist.ask("goal Sleep through the night 🌙").told("goal")
        val talk = client.ask("goal In Sitzungen etwas sagen – öfter").told("goal")
        exchange(therapist, client)

        // Both write in the same text; who is first is up to the two.
        therapist.say("edit $sleep Tired days. 昼が重い。")
        client.say("edit $sleep Days that are heavy.")
        assertEquals("ok" to "ok", therapist.answer() to client.answer())
        exchange(therapist, client)
        assertEquals(plan(therapist), plan(client))

        for (device in listOf(therapist, client)) assertEquals("ok", device.ask("agree $sleep"))
        exchange(therapist, client)
        val (here, there) = plan(therapist) to plan(client)
        assertEquals(here, there)
        assertEquals(setOf(sleep, talk), here.map { it.substringBefore('|').told("goal") }.toSet())
        val agreed = here.single { it.startsWith("goal $sleep|") }
        assertTrue(agreed.startsWith("goal $sleep|Sleep through the night 🌙|"), agreed)
        assertTrue(agreed.endsWith("|agreed by both: true"), agreed)
        assertEquals("goal $talk|In Sitzungen etwas sagen – öfter||agreed by both: false", here.single { it != agreed })

        assertEquals("error NotFound", client.ask("agree ${"0".repeat(32)}"))
    }

    private fun pair(therapist: OtherProcess, client: OtherProcess) {
        val ticket = therapist.ask("offer").told("ticket")
        assertEquals("error Pairing", client.ask("redeem nonsense"))
        assertEquals("ok", client.ask("redeem $ticket"))
        val words = both(therapist, client, "code")
        assertEquals(words.first, words.second)
        assertEquals(4, words.first.told("code").split(' ').size)
        val paired = both(therapist, client, "confirm")
        assertEquals(paired.first.told("paired"), paired.second.told("paired"))
    }

    /** Until both are level: what one wrote while the other said where it stood comes with the next round. */
    private fun exchange(therapist: OtherProcess, client: OtherProcess) {
        val levelled = (1..5).any { both(therapist, client, "exchange") == "in-step" to "in-step" }
        assertTrue(levelled, "five exchanges did not bring the two level")
    }

    private fun both(one: OtherProcess, other: OtherProcess, line: String): Pair<String, String> {
        one.say(line)
        other.say(line)
        return one.answer() to other.answer()
    }

    private fun plan(device: OtherProcess): List<String> {
        device.say("plan")
        return generateSequence { device.answer().takeIf { it != "end" } }.toList()
    }

    /** What is behind the word that an answer begins with. */
    private fun String.told(word: String): String {
        assertTrue(startsWith("$word "), this)
        return removePrefix("$word ")
    }

    private companion object {
        const val SWIFT = "COMMON_GROUND_SWIFT_DEVICE"
    }
}
