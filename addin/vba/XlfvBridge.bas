Attribute VB_Name = "XlfvBridge"
Option Explicit
Option Private Module
'Starts Python and gives its COM server. The only module that knows the DLL of xlwings and the file that
'"xlfv install" writes: %LOCALAPPDATA%\xlfv\xlfv.conf, one key=value a line.

#If Mac Then
#ElseIf Win64 Then
Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal FileName As String) As LongPtr
Private Declare PtrSafe Function ActivateServer Lib "xlwings64-@XLWINGS@.dll" Alias "XLPyDLLActivateAuto" (ByRef Result As Variant, ByVal Config As String, ByVal Mode As Long) As Long
Private Const DLL_KEY As String = "dll64"
#Else
Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal FileName As String) As LongPtr
Private Declare PtrSafe Function ActivateServer Lib "xlwings32-@XLWINGS@.dll" Alias "XLPyDLLActivateAuto" (ByRef Result As Variant, ByVal Config As String, ByVal Mode As Long) As Long
Private Const DLL_KEY As String = "dll32"
#End If

'No workbook stands in it: one server serves all of them.
Private Const LAUNCH As String = "@LAUNCH@"
Private Const NOT_STARTED As Long = vbObjectError + 1001

Public Function XlfvConnect() As Object
#If Mac Then
    Err.Raise NOT_STARTED, "xlfv", "the functions of xlfv need Excel for Windows"
#Else
    Dim dll As String, server As Variant
    dll = Setting(DLL_KEY)
    If LoadLibrary(dll) = 0 Then Err.Raise NOT_STARTED, "xlfv", "cannot load " & dll
    If ActivateServer(server, Replace(LAUNCH, "{interpreter}", Setting("interpreter")), 1) <> 0 Then
        Err.Raise NOT_STARTED, "xlfv", "Python did not start: " & CStr(server)
    End If
    Set XlfvConnect = server
#End If
End Function

Private Function Setting(ByVal Key As String) As String
    Dim path As String, text As String, file As Integer
    path = Environ$("LOCALAPPDATA") & "\xlfv\xlfv.conf"
    If Len(Dir$(path)) = 0 Then Err.Raise NOT_STARTED, "xlfv", "there is no file " & path
    file = FreeFile
    Open path For Input As #file
    Do While Not EOF(file) And Len(Setting) = 0
        Line Input #file, text
        If LCase$(Left$(text, Len(Key) + 1)) = Key & "=" Then Setting = Trim$(Mid$(text, Len(Key) + 2))
    Loop
    Close #file
    If Len(Setting) = 0 Then Err.Raise NOT_STARTED, "xlfv", path & " does not name " & Key
End Function
