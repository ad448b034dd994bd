import java.io.File
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.runBlocking
import org.commonground.FileKeyVault
import org.commonground.Home
import org.commonground.core.Change
import org.commonground.core.CommonGroundException
import org.commonground.core.Confirmation
import org.commonground.core.EntryFilter
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.Reach
import org.commonground.core.Role
import org.commonground.core.SearchOrder
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion

fun main() = runBlocking {
    // In an app there is one home, for as long as it runs. Here the therapist sits beside the client.
    openOrCreate("mara", Role.CLIENT, "Mara").use { mara ->
        openOrCreate("okafor", Role.THERAPIST, "Dr. Okafor").use { okafor ->
            journal(mara)
            plan(mara, okafor)
        }
    }
}

/** Each profile is a folder. Its keys lie in another one. */
suspend fun openOrCreate(name: String, role: Role, displayName: String): Home {
    val folder = File("data", name)
    val vault = FileKeyVault(File("keys", name))
    return try {
        Home.open(folder, vault)
    } catch (_: CommonGroundException.NoProfile) {
        Home.create(folder, vault, NewProfile(role, displayName))
    }
}

suspend fun journal(mara: Home) = coroutineScope {
    // A screen: it has the newest entries now, and again whenever the journal changes.
    val screen = mara.live({ it is Change.Journal }) { journal().use { it.entries(limit = 20u).entries } }.stateIn(this)
    println("Entries on the screen: ${screen.value.size}")

    // When this returns, the entry is on the disk.
    val entry = mara.journal { add(NewEntry("Walked along the river, and breathed. 🌊", tags = listOf("walk"))) }
    val shown = screen.first { entries -> entries.any { it.id == entry.id } }
    println("Entries on the screen: ${shown.size}")

    val found = mara.journal { search("RIVER", EntryFilter(), SearchOrder.BEST_MATCH, limit = 10u) }
    for (hit in found.hits) {
        val words = hit.matches.map { hit.snippet.substring(it.start.toInt(), it.end.toInt()) }
        println("Found $words in: ${hit.snippet}")
    }
    coroutineContext.cancelChildren()
}

suspend fun plan(mara: Home, okafor: Home) = coroutineScope {
    val (maraLink, okaforLink) = mara.goOnline(Reach.THIS_MACHINE) to okafor.goOnline(Reach.THIS_MACHINE)

    // The two meet: one shows a ticket, both compare the words, both say that they are the same.
    val relationship = mara.ask { relationships() }.firstOrNull()?.id ?: run {
        val offered = maraLink.offerPairing(WayOfMeeting.SameNetwork)
        val taken = okaforLink.redeem(offered.ticket()!!.text)
        val theirWords = async { taken.code().words }
        println("The same words for both: ${offered.code().words == theirWords.await()}")
        val theirs = async { taken.confirm(Confirmation.Compared(termsVersion())) }
        offered.confirm(Confirmation.Compared(termsVersion())).id.also { theirs.await() }
    }

    // A goal begins as a private draft; proposing it puts it into the plan of the two.
    val draft = mara.goalDrafts { keep(NewGoal("Sleep through the night", why = "The days are heavy.")) }
    val goal = mara.goalDrafts { propose(draft.id, relationship) }.summary.id
    val theirs = async { okaforLink.exchange(relationship, patienceSeconds = 30u) }
    maraLink.exchange(relationship, patienceSeconds = 30u)
    theirs.await()

    // Each agrees to the wording that their own screen shows.
    for (home in listOf(mara, okafor)) home.plan(relationship) { agree(goal, goal(goal).digest) }
    val agreed = okafor.live({ it is Change.Plan }) { plan(relationship).use { it.goal(goal) } }
        .first { it.agreedBy.size == 2 }
    println("Agreed by both: ${agreed.summary.title}")
}
