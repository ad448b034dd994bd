import CommonGroundKit

/// What a person can be told when something did not work. The name of each is a key of the string catalogue.
public enum Trouble: String, Sendable, CaseIterable {
    case keyGone = "trouble_key_gone"
    case vault = "trouble_vault"
    case diskFull = "trouble_disk_full"
    case newerApp = "trouble_newer_app"
    case changedMeanwhile = "trouble_changed"
    case notThere = "trouble_not_there"
    case pairing = "pair_failed"
    case again = "trouble_again"

    /// Nothing where there is nothing to tell: a screen that is gone has nobody to tell it to.
    public init?(_ error: any Error) {
        switch error {
        case is CancellationError, CommonGroundError.Closed, CommonGroundError.Locked: return nil
        case CommonGroundError.Vault(KeychainKeyStanding.reason): self = .keyGone
        case CommonGroundError.Vault: self = .vault
        case CommonGroundError.DiskFull: self = .diskFull
        case CommonGroundError.NewerFile, CommonGroundError.NewerPlan: self = .newerApp
        case CommonGroundError.Changed: self = .changedMeanwhile
        case CommonGroundError.Unreachable: self = .notThere
        case CommonGroundError.Pairing: self = .pairing
        default: self = .again
        }
    }
}
