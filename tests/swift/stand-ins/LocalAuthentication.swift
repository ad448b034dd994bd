// What stands here is Apple's, and documented there.

import Foundation

open class LAContext: NSObject {
    open var interactionNotAllowed = false
    open var localizedReason = ""
    public override init() {}
}
