package org.commonground

import java.nio.file.Path
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import org.commonground.core.Confirmation
import org.commonground.core.ExchangeReport
import org.commonground.core.Link
import org.commonground.core.MemoryVault
import org.commonground.core.NewProfile
import org.commonground.core.PersonId
import org.commonground.core.Plan
import org.commonground.core.Reach
import org.commonground.core.RelationshipId
import org.commonground.core.Role
import org.commonground.core.Sharing
import org.commonground.core.WayOfMeeting
import org.commonground.core.termsVersion
import org.junit.jupiter.api.Assertions.assertEquals

/** One person with a phone. */
class Person(val home: Home, val vault: MemoryVault, val folder: Path, val me: PersonId) {
    suspend fun goOnline(): Link = home.goOnline(Reach.THIS_MACHINE)
}

/** The people of a test, all in this process; closing it closes their homes. */
class Scene(private val folder: Path) : AutoCloseable {
    private val homes = mutableListOf<Home>()

    /** Where the people of this scene keep files that belong to nobody's home. */
    fun file(name: String): String = folder.resolve(name).toString()

    suspend fun client(name: String = "Mara"): Person = person(name, Role.CLIENT)

    suspend fun therapist(name: String = "Dr. Okafor"): Person = person(name, Role.THERAPIST)

    private suspend fun person(name: String, role: Role): Person {
        val (vault, place) = MemoryVault() to folder.resolve(name)
        return Home.create(place.toFile(), vault, NewProfile(role, name)).person(vault, place)
    }

    /** The person whose home lies there already. */
    suspend fun open(place: Path, vault: MemoryVault): Person = Home.open(place.toFile(), vault).person(vault, place)

    private suspend fun Home.person(vault: MemoryVault, place: Path): Person {
        homes += this
        return Person(this, vault, place, ask { profile() }.person)
    }

    /** A client and a therapist who have paired, both online. */
    suspend fun paired(how: Confirmation = Confirmation.Compared(termsVersion())): Two {
        val (mara, doctor) = client() to therapist()
        val (maraLink, doctorLink) = mara.goOnline() to doctor.goOnline()
        return Two(mara, doctor, pair(maraLink, doctorLink, how), maraLink, doctorLink)
    }

    override fun close() = homes.forEach(Home::close)
}

/** A client and a therapist with a relationship. */
class Two(
    val mara: Person,
    val doctor: Person,
    val relationship: RelationshipId,
    val maraLink: Link,
    val doctorLink: Link,
) {
    suspend fun <T> maraPlan(block: Plan.() -> T): T = mara.home.plan(relationship, block)

    suspend fun <T> doctorPlan(block: Plan.() -> T): T = doctor.home.plan(relationship, block)

    suspend fun <T> maraSharing(block: Sharing.() -> T): T = mara.home.sharing(relationship, block)

    suspend fun <T> doctorSharing(block: Sharing.() -> T): T = doctor.home.sharing(relationship, block)

    /** Both ask for an exchange, as both have the app open. */
    suspend fun exchange(): List<ExchangeReport> = coroutineScope {
        listOf(maraLink, doctorLink).map { async { it.exchange(relationship, patienceSeconds = 30u) } }.awaitAll()
    }

    /** Both write what the other has not got into files, and take in each other's: an exchange without a network. */
    suspend fun carry(scene: Scene) {
        val (out, back) = scene.file("out") to scene.file("back")
        mara.home.ask { carryOut(relationship, out, replace = true) }
        doctor.home.ask { carryIn(out) }
        doctor.home.ask { carryOut(relationship, back, replace = true) }
        mara.home.ask { carryIn(back) }
    }

    suspend fun goOffline() {
        mara.home.goOffline()
        doctor.home.goOffline()
    }
}

/** Both people in one room: one shows the ticket, both compare the words. */
suspend fun pair(client: Link, therapist: Link, how: Confirmation): RelationshipId = coroutineScope {
    val offered = client.offerPairing(WayOfMeeting.SameNetwork)
    val taken = therapist.redeem(offered.ticket()!!.text)
    val (here, there) = listOf(offered, taken).map { async { it.code() } }.awaitAll()
    assertEquals(here.words, there.words)
    val (one, other) = listOf(offered, taken).map { async { it.confirm(how) } }.awaitAll()
    assertEquals(one.id, other.id)
    one.id
}

/** A test with people in it. */
fun scene(folder: Path, tell: suspend Scene.() -> Unit): Unit = story { Scene(folder).use { it.tell() } }
