import Foundation

open class LAContext: NSObject {
    open var interactionNotAllowed = false
    open var localizedReason = ""
    public override init() {}
}
