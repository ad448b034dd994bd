package org.commonground.programs

import java.io.File
import java.util.HexFormat
import java.util.Locale
import kotlin.system.exitProcess
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.commonground.Home
import org.commonground.core.CommonGround
import org.commonground.core.Confirmation
import org.commonground.core.KeyName
import org.commonground.core.Link
import org.commonground.core.MemoryVault
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.NewRating
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.pair

/**
 * What it costs to reach the core from Kotlin. `make FOLDER` makes a client's folder with 10,000 entries of 200 words and a
 * plan of 30 goals, each rated by both; its keys lie beside it in hexadecimal digits (`private.key`, `shared.key`), for
 * programs in other languages to open the same. `FOLDER` prints for each thing that it measures a line with tabs:
 * `kotlin`, what, the median in µs, the 95th percentile in µs. Saving makes the folder grow by some hundred entries.
 */
fun main(arguments: Array<String>) {
    val folder = File(arguments.lastOrNull() ?: usage()).absoluteFile
    when {
        arguments.size == 1 -> measure(folder)
        arguments.size == 2 && arguments[0] == "make" -> runBlocking { make(folder) }
        arguments.size == 2 && arguments[0] == "start-up" -> startUp(folder)
        else -> usage()
    }
}

private fun usage(): Nothing {
    System.err.println("crossing [make | start-up] FOLDER")
    exitProcess(64)
}

private fun measure(folder: File) {
    // A whole process each time, and what of it is ours: loading the library, opening both files, the first page.
    val within = mutableListOf<Double>()
    val whole = List(START_UPS) { once { within += startUpElsewhere(folder) } }
    tell("start-up", whole)
    tell("start-up, without that of the JVM", within)

    val ground = opened(folder)
    val journal = ground.journal()
    tell("list of 50 entries", spent(times = 500) { check(journal.entries(limit = 50u).entries.size == 50) })
    val plan = ground.plan(ground.relationships().single().id)
    tell("30 goals with latest ratings", spent(times = 500) { check(plan.goals().all { it.latestRatings.size == 2 }) })
    val words = Words()
    tell("durable save", spent(times = 300) { journal.add(NewEntry(words.text())) })
    ground.shut()

    // The same list as an app asks for it: off its own thread, and back.
    runBlocking {
        Home.open(folder, vault(folder)).use { home ->
            tell("list of 50 entries, by a coroutine", spent(times = 500) { home.journal { entries(limit = 50u) } })
        }
    }
}

private fun startUp(folder: File) {
    val spent = once {
        opened(folder).run {
            check(journal().entries(limit = 50u).entries.size == 50)
            shut()
        }
    }
    println(spent)
}

private fun startUpElsewhere(folder: File): Double {
    val java = File(System.getProperty("java.home"), "bin/java").path
    val classPath = System.getProperty("java.class.path")
    val process = ProcessBuilder(java, "-cp", classPath, "org.commonground.programs.CrossingKt", "start-up", folder.path)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
    val spent = process.inputStream.bufferedReader().readLine()
    check(process.waitFor() == 0)
    return spent.toDouble()
}

private inline fun spent(times: Int, work: () -> Unit): List<Double> {
    // What is only slow at first is not what it costs.
    repeat(times) { work() }
    return List(times) { once(work) }
}

private inline fun once(work: () -> Unit): Double {
    val begun = System.nanoTime()
    work()
    return (System.nanoTime() - begun) / 1_000.0
}

private fun tell(what: String, spent: List<Double>) {
    val sorted = spent.sorted()
    println("kotlin\t%s\t%.1f\t%.1f".format(Locale.ROOT, what, sorted[sorted.size / 2], sorted[sorted.size * 95 / 100]))
}

private fun opened(folder: File): CommonGround = CommonGround.open(folder.path, vault(folder))

private fun vault(folder: File) = MemoryVault().apply {
    for ((name, file) in KEYS) keep(name, HexFormat.of().parseHex(folder.resolveSibling(file).readText().trim()))
}

private suspend fun make(folder: File) {
    val vault = MemoryVault()
    val beside = kotlin.io.path.createTempDirectory("therapist").toFile()
    Home.create(folder, vault, NewProfile(Role.CLIENT, "Mara")).use { mara ->
        Home.create(beside, MemoryVault(), NewProfile(Role.THERAPIST, "Dr. Okafor")).use { doctor ->
            val words = Words()
            mara.journal { repeat(ENTRIES) { add(NewEntry(words.text(), title = "Entry ${it + 1}")) } }
            plan(mara, doctor)
        }
    }
    beside.deleteRecursively()
    for ((name, file) in KEYS) folder.resolveSibling(file).writeText(HexFormat.of().formatHex(vault.load(name)) + "\n")
}

private suspend fun plan(mara: Home, doctor: Home) {
    val (maraLink, doctorLink) = mara.goOnline(Reach.THIS_MACHINE) to doctor.goOnline(Reach.THIS_MACHINE)
    val relationship = pair(maraLink, doctorLink, Confirmation.NotCompared)
    val goals = mara.plan(relationship) {
        List(GOALS) { proposeGoal(NewGoal("Goal ${it + 1}", why = "Because.")).summary.id }
    }
    exchange(relationship, maraLink, doctorLink)
    for (home in listOf(mara, doctor)) {
        home.plan(relationship) { for (goal in goals) rate(goal, NewRating(value = 7u, helped = "A walk.")) }
    }
    exchange(relationship, maraLink, doctorLink)
}

private suspend fun exchange(relationship: RelationshipId, one: Link, other: Link) = coroutineScope {
    val theirs = async { other.exchange(relationship, patienceSeconds = 30u) }
    one.exchange(relationship, patienceSeconds = 30u)
    theirs.await()
}

/** The same texts each time: words drawn by a linear congruential generator (Numerical Recipes' constants). */
private class Words {
    private var state = 1u

    fun text(): String = List(WORDS) { word() }.joinToString(" ")

    private fun word(): String {
        state = state * 1_664_525u + 1_013_904_223u
        return ALL[(state shr 16).toInt() % ALL.size]
    }

    private companion object {
        val ALL = (
            "river morning walked slept badly quiet list garden tram full stayed breathed friend called answered late " +
                "early tired calm worry thought again small step home window rain light bread table letter mother child " +
                "work meeting said nothing something better worse week night dream remember forget begin end"
            ).split(" ")
    }
}

private val KEYS = listOf(KeyName.PRIVATE to "private.key", KeyName.SHARED to "shared.key")
private const val ENTRIES = 10_000
private const val GOALS = 30
private const val WORDS = 200
private const val START_UPS = 20
