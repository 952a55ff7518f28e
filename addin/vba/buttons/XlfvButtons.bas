Attribute VB_Name = "XlfvButtons"
Option Explicit
'The buttons on Control. What they do stands in the add-in; the workbook can be read without it.

Public Sub XlfvLoadMonth()
    XlfvCall "load_month"
End Sub

Public Sub XlfvCheckData()
    XlfvCall "check_data"
End Sub

Public Sub XlfvRefresh()
    XlfvCall "refresh"
End Sub

Public Sub XlfvRollForward()
    XlfvCall "roll_forward"
End Sub

Public Sub XlfvLockMonth()
    XlfvCall "lock_month"
End Sub

Public Sub XlfvExplainCell()
    XlfvCall "explain_cell"
End Sub
