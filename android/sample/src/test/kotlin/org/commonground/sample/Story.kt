package org.commonground.sample

import androidx.work.testing.WorkManagerTestInitHelper
import java.io.File
import java.nio.file.Files
import kotlinx.coroutines.flow.MutableStateFlow
import org.commonground.android.ProfilePlace
import org.commonground.core.KeyName
import org.commonground.core.KeyVault
import org.commonground.core.Reach

/** The sample on a phone that has no Keystore and knows no network but itself. */
class StoryApp : SampleApp() {
    /** Whether the app is in front; Robolectric does not say. */
    override val inFront = MutableStateFlow(true)

    /** Where everything of a test lies. */
    var folder: File = File("")
        private set
    override var vault: KeyVault = MemoryVault()
        private set
    override val profilePlace get() = ProfilePlace(File(folder, "profile"), vault, Reach.THIS_MACHINE)

    /** A new phone: Robolectric may hand the same app to several tests. */
    fun begin() {
        folder = Files.createTempDirectory("sample").toFile()
        vault = MemoryVault()
        inFront.value = true
    }

    override fun onCreate() {
        super.onCreate()
        WorkManagerTestInitHelper.initializeTestWorkManager(this)
    }
}

/** A vault that is gone with the test. */
class MemoryVault : KeyVault {
    private val keys = HashMap<KeyName, ByteArray>()

    @Synchronized
    override fun load(name: KeyName): ByteArray? = keys[name]

    @Synchronized
    override fun keep(name: KeyName, key: ByteArray) {
        keys[name] = key
    }

    @Synchronized
    override fun forget(name: KeyName) {
        keys.remove(name)
    }
}
