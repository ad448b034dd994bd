package org.commonground

import java.nio.file.Path
import kotlin.io.path.createDirectory
import kotlin.io.path.createFile
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import org.commonground.core.AttachmentSink
import org.commonground.core.BackupKey
import org.commonground.core.BackupProblem
import org.commonground.core.BackupSecret
import org.commonground.core.CarryProblem
import org.commonground.core.CommonGroundException
import org.commonground.core.EntryEdit
import org.commonground.core.EntryFilter
import org.commonground.core.EntryId
import org.commonground.core.ExcerptDraft
import org.commonground.core.ExportFormat
import org.commonground.core.ExportOptions
import org.commonground.core.FileKind
import org.commonground.core.GoalEdit
import org.commonground.core.GoalText
import org.commonground.core.ImportOptions
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.MemoryVault
import org.commonground.core.NewEntry
import org.commonground.core.NewGoal
import org.commonground.core.NewProfile
import org.commonground.core.NewRating
import org.commonground.core.PairingProblem
import org.commonground.core.ParcelProblem
import org.commonground.core.Problem
import org.commonground.core.Progress
import org.commonground.core.Role
import org.commonground.core.Thing
import org.commonground.core.Told
import org.commonground.core.checkBackup
import org.commonground.core.restoreBackup
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/**
 * Every error that an app can meet, met for real: one story each. What no call from outside can bring about is listed
 * with its reason, and nothing is forgotten: a new variant fails here until it has its story.
 */
class EveryErrorTest {
    @TempDir
    lateinit var folder: Path

    private val stories = mutableMapOf<Class<out CommonGroundException>, Pair<String, suspend Scene.() -> Unit>>()

    /** Needs the other device to be of another version, or to break the rules; Rust's own tests have such devices. */
    private val notFromOutside = mapOf(
        CommonGroundException.NewerPlan::class.java to "only an app of a newer version writes such a plan",
        CommonGroundException.OlderPlan::class.java to "only beside an app of an earlier version a plan lacks parts",
        CommonGroundException.Exchange::class.java to "only a device that breaks the rules of an exchange leads to it",
    )

    /** One story: what is [called] at its end is answered with this error, which [holds] what an app needs. */
    private inline fun <reified E : CommonGroundException> meet(
        name: String,
        crossinline holds: (E) -> Unit = {},
        crossinline called: suspend Scene.() -> Any?,
    ) {
        val former = stories.put(E::class.java, name to { holds(assertThrowsIn<E> { called() }) })
        check(former == null) { "${E::class.java.simpleName} has a story already" }
    }

    @TestFactory
    fun `every error is met`(): List<DynamicTest> = stories.map { (error, story) ->
        val (name, tell) = story
        dynamicTest("${error.simpleName}: $name") { scene(folder.resolve(error.simpleName).createDirectory(), tell) }
    }

    @Test
    fun `no error is forgotten, and none has both a story and an excuse`() {
        val all = CommonGroundException::class.java.declaredClasses
            .filter { CommonGroundException::class.java.isAssignableFrom(it) }
        assertTrue(all.size > 30, "there were ${all.size}")
        assertEquals(all.map { it.simpleName }.sorted(), (stories.keys + notFromOutside.keys).map { it.simpleName }.sorted())
        assertEquals(emptySet<Any>(), stories.keys intersect notFromOutside.keys)
    }

    init {
        opening()
        vaultsAndBackups()
        theJournal()
        thePlan()
        theOtherPerson()
    }

    private fun opening() {
        meet<CommonGroundException.NoProfile>("nobody has made a profile here") {
            open(Path.of(file("nowhere")), MemoryVault())
        }
        meet<CommonGroundException.ProfileExists>("somebody has made one here already") {
            client().home.shut()
            client()
        }
        meet<CommonGroundException.InUse>("the folder is open") {
            val mara = client()
            open(mara.folder, mara.vault)
        }
        meet<CommonGroundException.WrongKey>(
            "the vault holds the key of another file",
            { assertEquals(FileKind.PRIVATE, it.file) },
        ) {
            val mara = client()
            mara.home.shut()
            mara.vault.keep(KeyName.PRIVATE, ByteArray(32) { 7 })
            open(mara.folder, mara.vault)
        }
        meet<CommonGroundException.Damaged>("the file has lost its end", { assertEquals(FileKind.SHARED, it.file) }) {
            val mara = client()
            mara.home.shut()
            val file = mara.folder.resolve("shared.db")
            file.writeBytes(file.readBytes().dropLast(1000).toByteArray())
            open(mara.folder, mara.vault)
        }
        meet<CommonGroundException.NewerFile>("a newer version wrote it", { assertTrue(it.found > it.known) }) {
            val mara = client()
            mara.home.shut()
            Fixtures.newerPrivateFile(mara.folder, mara.vault)
            open(mara.folder, mara.vault)
        }
    }

    private fun vaultsAndBackups() {
        meet<CommonGroundException.Vault>("the person did not want to", { assertEquals("not now", it.reason) }) {
            val refusing = object : KeyVault {
                override fun load(name: KeyName): ByteArray? = throw CommonGroundException.Vault("not now")
                override fun keep(name: KeyName, key: ByteArray) = throw CommonGroundException.Vault("not now")
                override fun forget(name: KeyName) = throw CommonGroundException.Vault("not now")
            }
            Home.create(Path.of(file("mara")).toFile(), refusing, NewProfile(Role.CLIENT, "Mara"))
        }
        meet<CommonGroundException.Internal>("the app's own vault broke", { assertTrue("secret" !in "${it.place}$it") }) {
            val broken = object : KeyVault by MemoryVault() {
                override fun load(name: KeyName): ByteArray? = error("a secret of the app")
            }
            Home.create(Path.of(file("mara")).toFile(), broken, NewProfile(Role.CLIENT, "Mara"))
        }
        meet<CommonGroundException.File>("the folder would lie in a file") {
            val file = Path.of(file("a file")).createFile()
            Home.create(file.resolve("mara").toFile(), MemoryVault(), NewProfile(Role.CLIENT, "Mara"))
        }
        meet<CommonGroundException.Backup>(
            "the passphrase is another",
            { assertEquals(BackupProblem.WrongPassphrase, it.problem) },
        ) {
            val mara = client()
            mara.home.ask { makeBackup(file("backup"), BackupKey.Passphrase("a river walk before the rain")) }
            longCall { checkBackup(file("backup"), BackupSecret.Passphrase("a walk along the canal at night"), it) }
        }
        meet<CommonGroundException.Closed>("the home was closed meanwhile") {
            val mara = client()
            mara.home.shut()
            mara.home.journal { count() }
        }
    }

    private fun theJournal() {
        meet<CommonGroundException.Locked>("the journal is locked") {
            val mara = client()
            mara.home.ask { lock() }
            mara.home.journal { count() }
        }
        meet<CommonGroundException.NotFound>("there is no such entry", { assertEquals(Thing.ENTRY, it.what) }) {
            client().home.journal { entry(EntryId("019a0000-0000-7000-8000-000000000000")) }
        }
        meet<CommonGroundException.Invalid>(
            "there is nothing to write",
            { assertEquals("text" to Problem.Empty, it.field to it.problem) },
        ) {
            client().home.journal { add(NewEntry("")) }
        }
        meet<CommonGroundException.Changed>("it was edited on another screen", { assertEquals(Thing.ENTRY, it.what) }) {
            client().home.journal {
                val shown = add(NewEntry("First."))
                edit(shown.id, shown.revision, EntryEdit(text = "Second."))
                edit(shown.id, shown.revision, EntryEdit(text = "Third."))
            }
        }
        meet<CommonGroundException.Import>(
            "one of the entries has no day",
            { assertEquals(1uL to "creationDate", it.entry to it.field) },
        ) {
            Path.of(file("broken.json")).writeText(
                """{"entries":[{"uuid":"00000000000000000000000000000001","creationDate":"some day","text":"Words"}]}""",
            )
            client().home.journal { import(file("broken.json"), ImportOptions()) }
        }
        meet<CommonGroundException.Pack>("a file of templates ends too early", { assertEquals(1uL, it.line) }) {
            Path.of(file("templates.json")).writeText("""{"templates": [""")
            client().home.journal { addTemplates(file("templates.json")) }
        }
        meet<CommonGroundException.FileExists>("the export would replace something") {
            Path.of(file("export.json")).writeText("precious")
            client().home.journal {
                val format = ExportFormat.COMMON_GROUND
                export(file("export.json"), format, EntryFilter(), ExportOptions(), Told.ANYONE_CAN_READ_IT)
            }
        }
        meet<CommonGroundException.Cancelled>("the person has had enough") {
            Path.of(file("day-one.json")).writeText(
                """{"entries":[{"uuid":"${"0".repeat(32)}","creationDate":"2024-03-01T08:00:00Z","text":"A"}]}""",
            )
            val enough = object : Progress {
                override fun onProgress(done: ULong, total: ULong?) = false
            }
            client().home.journal { import(file("day-one.json"), ImportOptions(), enough) }
        }
        meet<CommonGroundException.DiskFull>("there is no room where the app writes a photo") {
            val photo = Path.of(file("photo.jpg")).also { it.writeBytes(ByteArray(10_000) { 7 }) }
            val full = object : AttachmentSink {
                override fun write(bytes: ByteArray) = throw CommonGroundException.DiskFull()
            }
            client().home.journal { handOutAttachment(takeInFile(photo.toString()).attachment, full) }
        }
    }

    private fun thePlan() {
        meet<CommonGroundException.OpenChoice>("both have worded the title") {
            val two = paired()
            val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
            two.exchange()
            two.goOffline()
            two.maraPlan { editGoal(goal, version(), GoalEdit(title = "Sleep through")) }
            two.doctorPlan { editGoal(goal, version(), GoalEdit(title = "Sleep longer")) }
            two.carry(this)
            two.maraPlan { agree(goal, goal(goal).digest) }
        }
        meet<CommonGroundException.NotAllowed>("it is the other's own rating", { assertTrue("ratings" in it.rule) }) {
            val two = paired()
            val goal = two.maraPlan { proposeGoal(NewGoal("Sleep")) }.summary.id
            val rating = two.maraPlan { rate(goal, NewRating(value = 4u)) }
            two.exchange()
            two.doctorPlan { takeBackRating(rating) }
        }
        meet<CommonGroundException.NotShared>("the relationship is paused") {
            val two = paired()
            two.mara.home.ask { pause(two.relationship) }
            two.maraLink.exchange(two.relationship, patienceSeconds = 1u)
        }
        meet<CommonGroundException.NotTogether>("the other has not sat down") {
            val two = paired()
            two.mara.home.ask {
                sitTogether(two.relationship).use { sitting ->
                    val goal = plan(two.relationship).use { it.proposeGoal(NewGoal("Sleep")) }
                    sitting.typeIn(goal.summary.id, GoalText.WHY, goal.version, "T")
                }
            }
        }
    }

    private fun theOtherPerson() {
        meet<CommonGroundException.Pairing>("that is no ticket", { assertEquals(PairingProblem.NOT_A_TICKET, it.problem) }) {
            client().goOnline().redeem("nonsense")
        }
        meet<CommonGroundException.Unreachable>("the other is not online") {
            val two = paired()
            two.doctor.home.goOffline()
            two.maraLink.exchange(two.relationship, patienceSeconds = 1u)
        }
        meet<CommonGroundException.Carry>(
            "that is a text, no file to carry over",
            { assertEquals(CarryProblem.NOT_CARRIED, it.problem) },
        ) {
            Path.of(file("letter.txt")).writeText("Dear diary")
            client().home.ask { carryIn(file("letter.txt")) }
        }
        meet<CommonGroundException.Parcel>("it was taken back", { assertEquals(ParcelProblem.TAKEN_BACK, it.problem) }) {
            val two = paired()
            val parcel = two.handOver("The tram was full.")
            two.maraSharing { takeBack(parcel) }
            two.exchange()
            two.doctorSharing { open(parcel) }
        }
        meet<CommonGroundException.TooMuchHandedOver>("one excerpt has as many comments as it can have") {
            val two = paired()
            val parcel = two.handOver("The tram was full.")
            two.doctorSharing { open(parcel) }
            two.doctorSharing { repeat(201) { comment(parcel, "Comment $it") } }
        }
        meet<CommonGroundException.Replaced>("the profile goes on on a new phone") {
            val two = paired()
            two.exchange()
            two.mara.home.goOffline()
            val newVault = MemoryVault()
            two.mara.home.ask { makeBackup(file("backup"), BackupKey.Passphrase(PHRASE)) }
            restoreBackup(file("backup"), BackupSecret.Passphrase(PHRASE), file("new phone"), newVault)
            open(Path.of(file("new phone")), newVault).goOnline().exchange(two.relationship, patienceSeconds = 30u)

            val former = two.mara.goOnline()
            former.exchange(two.relationship, patienceSeconds = 30u)
        }
    }

    private suspend fun Two.handOver(text: String) = mara.home.journal { add(NewEntry(text)) }.let { entry ->
        val parcel = maraSharing {
            val draft = ExcerptDraft(entry.id)
            handOver(draft, preview(draft).digest)
        }
        exchange()
        parcel
    }

    private companion object {
        const val PHRASE = "a river walk before the rain"
    }
}
