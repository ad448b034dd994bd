package org.commonground.sample

import android.os.Bundle
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.fragment.app.FragmentActivity
import org.commonground.android.JournalPrompt

/** The one activity. A `FragmentActivity`, because the prompt for finger and face wants one. */
class MainActivity : FragmentActivity() {
    private val model: HomeViewModel by viewModels()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        // No diary in the list of recent apps, and none on a picture of the screen.
        window.addFlags(FLAG_SECURE)
        enableEdgeToEdge()
        val prompt = JournalPrompt(title = getString(R.string.prompt_title), useNot = getString(R.string.not_now))
        setContent { SampleScreen(model, onUnlock = { model.unlock(this, prompt) }) }
    }

    override fun onUserInteraction() {
        super.onUserInteraction()
        model.noteActivity()
    }
}
