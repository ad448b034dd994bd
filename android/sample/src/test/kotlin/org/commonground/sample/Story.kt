package org.commonground.sample

import androidx.work.testing.WorkManagerTestInitHelper
import java.io.File
import java.nio.file.Files
import kotlinx.coroutines.flow.MutableStateFlow
import org.commonground.android.ProfilePlace
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.Reach

/** The phone of a test: its profile, its keys, and whether the app is in front, which Robolectric does not say. */
object Phone {
    val inFront = MutableStateFlow(true)
    lateinit var folder: File
        private set
    lateinit var place: ProfilePlace
        private set

    /** A new phone. It is none of the app's, because Robolectric hands one app to the activities of several tests. */
    fun begin() {
        folder = Files.createTempDirectory("sample").toFile()
        place = ProfilePlace(File(folder, "profile"), MemoryVault(), Reach.THIS_MACHINE)
        inFront.value = true
    }
}

/** The sample on a phone that has no Keystore and knows no network but itself. */
class StoryApp : SampleApp() {
    override val inFront get() = Phone.inFront
    override val vault get() = profilePlace.vault
    override val profilePlace get() = Phone.place

    override fun onCreate() {
        super.onCreate()
        WorkManagerTestInitHelper.initializeTestWorkManager(this)
    }
}

/** A vault that is gone with the test. */
class MemoryVault : KeyVault {
    private val keys = HashMap<KeyName, ByteArray>()

    @Synchronized
    override fun load(name: KeyName): ByteArray? = keys[name]?.copyOf()

    @Synchronized
    override fun keep(name: KeyName, key: ByteArray) {
        keys[name] = key.copyOf()
    }

    @Synchronized
    override fun forget(name: KeyName) {
        keys.remove(name)
    }
}
